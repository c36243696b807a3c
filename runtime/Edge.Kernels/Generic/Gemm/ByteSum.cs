using System.Runtime.Intrinsics;

namespace Edge.Kernels.Generic.Gemm;

internal static unsafe class ByteSum
{
    /// <summary>The sum of <paramref name="count"/> unsigned bytes, modulo 2³². Reads nothing past them.</summary>
    public static uint Of(byte* p, int count)
    {
        uint sum = 0;
        int i = 0;
        if (count >= Vector128<byte>.Count)
        {
            // A lane of four 32-bit sums takes 4 bytes a step.
            Vector128<uint> sums = Vector128<uint>.Zero;
            for (; i + Vector128<byte>.Count <= count; i += Vector128<byte>.Count)
            {
                (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Load(p + i));
                Vector128<ushort> pairs = low + high;
                sums += Vector128.WidenLower(pairs) + Vector128.WidenUpper(pairs);
            }
            sum = Vector128.Sum(sums);
        }
        for (; i < count; i++) sum += p[i];
        return sum;
    }
}
