using System.Runtime.CompilerServices;

namespace Edge.Kernels.Layout;

/// <summary>The inner loops of <see cref="StridedCopy"/>. Strides are in bytes; source and target do not overlap.</summary>
internal static unsafe class StridedLoops
{
    // Columns of one tile of a transposition: with 8 of them each cache line of a row is finished soon after it is begun.
    private const int TileColumns = 8;

    /// <summary>Copies <paramref name="count"/> elements of one, two, four or eight bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy<T>(byte* source, byte* target, int count, nint sourceStride, nint targetStride) where T : unmanaged
    {
        if (sourceStride == 0 && targetStride == sizeof(T))
        {
            new Span<T>(target, count).Fill(*(T*)source);
            return;
        }

        for (int i = 0; i < count; i++)
        {
            Unsafe.WriteUnaligned(target, Unsafe.ReadUnaligned<T>(source));
            source += sourceStride;
            target += targetStride;
        }
    }

    /// <summary>Copies <paramref name="count"/> runs of <paramref name="bytes"/> bytes.</summary>
    public static void CopyRuns(byte* source, byte* target, int count, nint sourceStride, nint targetStride, int bytes)
    {
        for (int i = 0; i < count; i++)
        {
            Unsafe.CopyBlockUnaligned(target, source, (uint)bytes);
            source += sourceStride;
            target += targetStride;
        }
    }

    /// <summary>
    /// <c>target[r][c] = source[c][r]</c>: the rows are contiguous in the source, the columns in the target.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose<T>(byte* source, byte* target, int rows, int columns, nint sourceStride, nint targetStride) where T : unmanaged
    {
        int c = 0;
        for (; c + TileColumns <= columns; c += TileColumns)
        {
            byte* s = source + c * sourceStride;
            byte* t = target + (nint)c * sizeof(T);
            for (int r = 0; r < rows; r++)
            {
                byte* from = s + (nint)r * sizeof(T);
                var to = (T*)(t + r * targetStride);
                to[0] = *(T*)from;
                to[1] = *(T*)(from + sourceStride);
                to[2] = *(T*)(from + 2 * sourceStride);
                to[3] = *(T*)(from + 3 * sourceStride);
                to[4] = *(T*)(from + 4 * sourceStride);
                to[5] = *(T*)(from + 5 * sourceStride);
                to[6] = *(T*)(from + 6 * sourceStride);
                to[7] = *(T*)(from + 7 * sourceStride);
            }
        }

        if (columns - c == 3)
        {
            // The three planes of a colour picture.
            byte* s = source + c * sourceStride;
            byte* t = target + (nint)c * sizeof(T);
            T* red = (T*)s, green = (T*)(s + sourceStride), blue = (T*)(s + 2 * sourceStride);
            for (int r = 0; r < rows; r++, t += targetStride)
            {
                ((T*)t)[0] = red[r];
                ((T*)t)[1] = green[r];
                ((T*)t)[2] = blue[r];
            }

            return;
        }

        for (; c < columns; c++)
        {
            byte* s = source + c * sourceStride;
            byte* t = target + (nint)c * sizeof(T);
            for (int r = 0; r < rows; r++) *(T*)(t + r * targetStride) = ((T*)s)[r];
        }
    }
}
