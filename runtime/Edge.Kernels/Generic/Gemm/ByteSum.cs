using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Edge.Kernels.Generic.Gemm;

internal static unsafe class ByteSum
{
    /// <summary>Every other byte.</summary>
    private const ulong EvenBytes = 0x00FF00FF00FF00FF;

    /// <summary>1 in each of four 16-bit lanes: a product with it has the sum of all lanes in the highest one.</summary>
    private const ulong Ones = 0x0001000100010001;

    private const ulong EveryByte = 0x0101010101010101;

    /// <summary>
    /// The sum of <paramref name="count"/> bytes taken as unsigned after <paramref name="flip"/> was applied to each by
    /// exclusive or, modulo 2³². Reads nothing past them.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Of(byte* p, int count, byte flip)
    {
        uint sum = 0;
        if (count >= 2 * Vector128<byte>.Count)
        {
            int whole = count & -Vector128<byte>.Count;
            sum = OfVectors(p, whole, flip);
            p += whole;
            count -= whole;
        }

        ulong flips = flip * EveryByte;
        for (; count >= sizeof(ulong); count -= sizeof(ulong), p += sizeof(ulong)) sum += OfWord(Unsafe.ReadUnaligned<ulong>(p) ^ flips);
        if (count >= sizeof(uint))
        {
            sum += OfWord(Unsafe.ReadUnaligned<uint>(p) ^ (uint)flips);
            p += sizeof(uint);
            count -= sizeof(uint);
        }

        for (; count > 0; count--, p++) sum += (byte)(*p ^ flip);
        return sum;
    }

    /// <summary>The sum of eight bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint OfWord(ulong bytes) => (uint)((((bytes & EvenBytes) + ((bytes >> 8) & EvenBytes)) * Ones) >> 48);

    /// <summary>The sum of whole vectors.</summary>
    private static uint OfVectors(byte* p, int count, byte flip)
    {
        // Each of four 32-bit lanes takes 4 bytes a step.
        Vector128<uint> sums = Vector128<uint>.Zero;
        Vector128<byte> flips = Vector128.Create(flip);
        for (int i = 0; i < count; i += Vector128<byte>.Count)
        {
            (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Load(p + i) ^ flips);
            Vector128<ushort> pairs = low + high;
            sums += Vector128.WidenLower(pairs) + Vector128.WidenUpper(pairs);
        }

        return Vector128.Sum(sums);
    }
}
