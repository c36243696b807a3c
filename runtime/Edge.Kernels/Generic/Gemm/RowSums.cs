using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>Sums of the bytes of rows of A, which weights' zero points are multiplied with.</summary>
internal static unsafe class RowSums
{
    /// <summary>The sum of each of <paramref name="count"/> equidistant rows, less <paramref name="zero"/>.</summary>
    /// <param name="rows">Where each tap of the first row lies, and the distance to the next one.</param>
    /// <param name="taps">Taps of a row.</param>
    /// <param name="elements">Bytes of a tap.</param>
    /// <param name="offset">Bytes of it before those that take part.</param>
    /// <param name="count">Rows.</param>
    /// <param name="flip">As for <see cref="ByteSum.Of"/>.</param>
    /// <param name="zero">What input of zeros sums up to.</param>
    /// <param name="sums">To be filled.</param>
    [MethodImpl(Compile.Alone)]
    public static void OfEquidistant(in TileRows rows, int taps, int elements, nint offset, int count, byte flip, int zero, int* sums)
    {
        byte** addresses = rows.Addresses;
        nint stride = rows.Stride;
        for (int r = 0; r < count; r++, offset += stride)
        {
            Vector128<uint> lanes = Vector128<uint>.Zero;
            for (int tap = 0; tap < taps; tap++) lanes = ByteSum.Add(lanes, addresses[tap] + offset, elements, flip);
            sums[r] = (int)Vector128.Sum(lanes) - zero;
        }
    }
}
