using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Edge.Kernels.Isa;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>
/// Sums of bytes, each taken as unsigned after <c>flip</c> was applied to it by exclusive or, modulo 2³². Nothing past the bytes is read.
/// </summary>
internal static unsafe class ByteSum
{
    private const ulong EveryByte = 0x0101010101010101;

    /// <summary>The sum of <paramref name="count"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Of(byte* p, int count, byte flip) => Vector128.Sum(Add(Vector128<uint>.Zero, p, count, flip));

    /// <summary>Adds <paramref name="count"/> bytes to lanes whose sum is what counts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Add(Vector128<uint> lanes, byte* p, int count, byte flip)
    {
        ulong flips = flip * EveryByte;
        Vector128<byte> flipsOfVector = Vector128.Create(flips).AsByte();
        for (; count >= Vector128<byte>.Count; count -= Vector128<byte>.Count, p += Vector128<byte>.Count) lanes = ByteSums.Add(lanes, Vector128.Load(p) ^ flipsOfVector);
        if (count == 0) return lanes;
        ulong first, rest = 0;
        if (count >= sizeof(ulong))
        {
            // The last eight, less those that are among the first.
            first = Unsafe.ReadUnaligned<ulong>(p) ^ flips;
            if (count > sizeof(ulong)) rest = (Unsafe.ReadUnaligned<ulong>(p + count - sizeof(ulong)) ^ flips) >> 8 * (2 * sizeof(ulong) - count);
        }
        else if (count >= sizeof(uint))
        {
            first = Unsafe.ReadUnaligned<uint>(p) ^ (uint)flips;
            if (count > sizeof(uint)) rest = (Unsafe.ReadUnaligned<uint>(p + count - sizeof(uint)) ^ (uint)flips) >> 8 * (2 * sizeof(uint) - count);
        }
        else
        {
            first = (byte)(p[0] ^ flip);
            if (count > 1) first |= (ulong)(byte)(p[1] ^ flip) << 8;
            if (count > 2) first |= (ulong)(byte)(p[2] ^ flip) << 16;
        }

        return ByteSums.Add(lanes, Vector128.Create(first, rest).AsByte());
    }
}
