using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Edge.Kernels.Isa;

/// <summary>Lookups of bytes in a table of 256 that is held in registers, where a processor can permute so many.</summary>
internal static unsafe class BytePermute
{
    /// <summary>
    /// For 512-bit sets, by AVX-512 VBMI: vpermi2b looks up seven bits of each index in 128 bytes; the eighth chooses
    /// between the halves of the table.
    /// </summary>
    /// <returns>How many of the first bytes were done; 0 without VBMI.</returns>
    [MethodImpl(Compile.Alone)]
    public static nint Wide(byte* table, byte* x, byte* y, nint count)
    {
        nint i = 0;
        if (!Avx512Vbmi.IsSupported) return i;
        Vector512<byte> t0 = Vector512.Load(table), t1 = Vector512.Load(table + 64);
        Vector512<byte> t2 = Vector512.Load(table + 128), t3 = Vector512.Load(table + 192);
        for (; i <= count - 64; i += 64)
        {
            Wide(t0, t1, t2, t3, Vector512.Load(x + i)).Store(y + i);
        }
        return i;
    }

    /// <summary>The same for rows, whose ends are looked up, too: the table stays in registers from row to row. Arguments and results do not overlap.</summary>
    /// <returns>Whether it was done; not without VBMI.</returns>
    [MethodImpl(Compile.Alone)]
    public static bool WideRows(byte* table, byte* x, nint strideX, byte* y, nint strideY, nint rows, nint length)
    {
        if (!Avx512Vbmi.IsSupported) return false;
        Vector512<byte> t0 = Vector512.Load(table), t1 = Vector512.Load(table + 64);
        Vector512<byte> t2 = Vector512.Load(table + 128), t3 = Vector512.Load(table + 192);
        for (nint r = 0; r < rows; r++, x += strideX, y += strideY)
        {
            // What is looked up twice is the same.
            if (length >= 64)
            {
                for (nint i = 0; i < length - 64; i += 64) Wide(t0, t1, t2, t3, Vector512.Load(x + i)).Store(y + i);
                Wide(t0, t1, t2, t3, Vector512.Load(x + length - 64)).Store(y + length - 64);
            }
            else if (length >= 32)
            {
                Vector512<byte> both = Wide(t0, t1, t2, t3, Vector512.Create(Vector256.Load(x), Vector256.Load(x + length - 32)));
                both.GetLower().Store(y);
                both.GetUpper().Store(y + length - 32);
            }
            else if (length >= 16)
            {
                Vector256<byte> both = Wide(t0, t1, t2, t3, Vector256.Create(Vector128.Load(x), Vector128.Load(x + length - 16)).ToVector512Unsafe()).GetLower();
                both.GetLower().Store(y);
                both.GetUpper().Store(y + length - 16);
            }
            else if (length >= 8)
            {
                Vector128<byte> both = Wide(t0, t1, t2, t3, Vector128.Create(Vector64.Load(x), Vector64.Load(x + length - 8)).ToVector256Unsafe().ToVector512Unsafe()).GetLower().GetLower();
                both.GetLower().Store(y);
                both.GetUpper().Store(y + length - 8);
            }
            else
            {
                for (nint i = 0; i < length; i++) y[i] = table[x[i]];
            }
        }

        return true;
    }

    /// <summary>
    /// For 128-bit sets, by AArch64's tbl: a lookup in 64 bytes gives 0 beyond them, so four, with indices moved by 64
    /// each, are combined by or.
    /// </summary>
    /// <returns>How many of the first bytes were done; 0 elsewhere.</returns>
    [MethodImpl(Compile.Alone)]
    public static nint Narrow(byte* table, byte* x, byte* y, nint count)
    {
        nint i = 0;
        if (!AdvSimd.Arm64.IsSupported) return i;
        for (; i <= count - 16; i += 16)
        {
            Vector128<byte> index = Vector128.Load(x + i);
            Vector128<byte> r = Quarter(table, index);
            r |= Quarter(table + 64, index - Vector128.Create((byte)64));
            r |= Quarter(table + 128, index - Vector128.Create((byte)128));
            (r | Quarter(table + 192, index - Vector128.Create((byte)192))).Store(y + i);
        }
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Wide(Vector512<byte> t0, Vector512<byte> t1, Vector512<byte> t2, Vector512<byte> t3, Vector512<byte> index)
    {
        Vector512<byte> low = Avx512Vbmi.PermuteVar64x8x2(t0, index, t1);
        Vector512<byte> high = Avx512Vbmi.PermuteVar64x8x2(t2, index, t3);
        return Vector512.ConditionalSelect(Vector512.LessThan(index.AsSByte(), Vector512<sbyte>.Zero).AsByte(), high, low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Quarter(byte* t, Vector128<byte> index) =>
        AdvSimd.Arm64.VectorTableLookup((Vector128.Load(t), Vector128.Load(t + 16), Vector128.Load(t + 32), Vector128.Load(t + 48)), index);
}
