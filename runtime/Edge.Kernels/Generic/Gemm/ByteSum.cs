using System.Runtime.Intrinsics;

namespace Edge.Kernels.Generic.Gemm;

internal static unsafe class ByteSum
{
    /// <summary>
    /// The sum of <paramref name="count"/> bytes taken as unsigned after <paramref name="flip"/> was applied to each by
    /// exclusive or, modulo 2³². Reads nothing past them.
    /// </summary>
    public static uint Of(byte* p, int count, byte flip)
    {
        uint sum = 0;
        int i = 0;
        if (count >= Vector128<byte>.Count)
        {
            // Each of four 32-bit lanes takes 4 bytes a step.
            Vector128<uint> sums = Vector128<uint>.Zero;
            Vector128<byte> flips = Vector128.Create(flip);
            for (; i + Vector128<byte>.Count <= count; i += Vector128<byte>.Count)
            {
                (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Load(p + i) ^ flips);
                Vector128<ushort> pairs = low + high;
                sums += Vector128.WidenLower(pairs) + Vector128.WidenUpper(pairs);
            }
            sum = Vector128.Sum(sums);
        }
        for (; i < count; i++) sum += (byte)(p[i] ^ flip);
        return sum;
    }
}
