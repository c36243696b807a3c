using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Edge.Kernels.Isa.Interleaving;

namespace Edge.Kernels.Layout;

/// <summary>Transposes eight columns, as many rows at once as vectors hold. Strides are in bytes; source and target do not overlap.</summary>
internal static unsafe class TransposedBlocks
{
    /// <summary>Columns of a block: rows of the target are written 8 or 32 bytes at a time.</summary>
    public const int Columns = 8;

    /// <summary><c>target[r][c] = source[c][r]</c> for all <see cref="Columns"/>.</summary>
    /// <param name="source">The first element of the first column; those of a column follow each other.</param>
    /// <param name="sourceStride">From a column to the next.</param>
    /// <param name="target">The first element of the first row; those of a row follow each other.</param>
    /// <param name="targetStride">From a row to the next.</param>
    /// <param name="rows">How many.</param>
    /// <returns>The rows that were written, from the first on; none of other types than those of one or four bytes.</returns>
    public static int Transpose<T>(byte* source, nint sourceStride, byte* target, nint targetStride, int rows) where T : unmanaged => sizeof(T) switch
    {
        sizeof(byte) => Bytes(source, sourceStride, target, targetStride, rows),
        sizeof(uint) => Words(source, sourceStride, target, targetStride, rows),
        _ => 0,
    };

    [MethodImpl(Compile.Alone)]
    private static int Words(byte* source, nint sourceStride, byte* target, nint targetStride, int rows)
    {
        int n = Vector128<uint>.Count, r = 0;
        for (; r <= rows - n; r += n, source += Vector128<byte>.Count, target += n * targetStride)
        {
            FourWords(source, sourceStride, target, targetStride);
            FourWords(source + 4 * sourceStride, sourceStride, target + Vector128<byte>.Count, targetStride);
        }

        return r;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourWords(byte* source, nint sourceStride, byte* target, nint targetStride)
    {
        Vector128<uint> a = Vector128.Load((uint*)source), b = Vector128.Load((uint*)(source + sourceStride));
        Vector128<uint> c = Vector128.Load((uint*)(source + 2 * sourceStride)), d = Vector128.Load((uint*)(source + 3 * sourceStride));
        Vector128<uint> ac = Low(a, c), bd = Low(b, d);
        Low(ac, bd).Store((uint*)target);
        High(ac, bd).Store((uint*)(target + targetStride));
        (ac, bd) = (High(a, c), High(b, d));
        Low(ac, bd).Store((uint*)(target + 2 * targetStride));
        High(ac, bd).Store((uint*)(target + 3 * targetStride));
    }

    [MethodImpl(Compile.Alone)]
    private static int Bytes(byte* source, nint sourceStride, byte* target, nint targetStride, int rows)
    {
        int n = Vector128<byte>.Count, r = 0;
        for (; r <= rows - n; r += n, source += n, target += n * targetStride)
        {
            Vector128<byte> a = Vector128.Load(source), b = Vector128.Load(source + sourceStride), c = Vector128.Load(source + 2 * sourceStride), d = Vector128.Load(source + 3 * sourceStride);
            byte* second = source + 4 * sourceStride;
            Vector128<byte> e = Vector128.Load(second), f = Vector128.Load(second + sourceStride), g = Vector128.Load(second + 2 * sourceStride), h = Vector128.Load(second + 3 * sourceStride);
            EightRows(Low(a, e), Low(b, f), Low(c, g), Low(d, h), target, targetStride);
            EightRows(High(a, e), High(b, f), High(c, g), High(d, h), target + 8 * targetStride, targetStride);
        }

        return r;
    }

    /// <summary>Of columns that are interleaved with the fourth one after each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void EightRows(Vector128<byte> ae, Vector128<byte> bf, Vector128<byte> cg, Vector128<byte> dh, byte* target, nint targetStride)
    {
        Vector128<byte> aceg = Low(ae, cg), bdfh = Low(bf, dh);
        TwoRows(Low(aceg, bdfh), target, targetStride);
        TwoRows(High(aceg, bdfh), target + 2 * targetStride, targetStride);
        (aceg, bdfh) = (High(ae, cg), High(bf, dh));
        TwoRows(Low(aceg, bdfh), target + 4 * targetStride, targetStride);
        TwoRows(High(aceg, bdfh), target + 6 * targetStride, targetStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TwoRows(Vector128<byte> rows, byte* target, nint targetStride)
    {
        rows.GetLower().Store(target);
        rows.GetUpper().Store(target + targetStride);
    }
}
