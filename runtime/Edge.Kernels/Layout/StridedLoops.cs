using System.Runtime.CompilerServices;

namespace Edge.Kernels.Layout;

/// <summary>The inner loops of <see cref="StridedCopy"/>. Strides are in bytes; source and target do not overlap.</summary>
internal static unsafe class StridedLoops
{
    /// <summary>Copies <paramref name="count"/> elements of one, two, four or eight bytes.</summary>
    [MethodImpl(Compile.Alone)]
    public static void Copy<T>(byte* source, byte* target, int count, nint sourceStride, nint targetStride) where T : unmanaged
    {
        if (sourceStride == 0 && targetStride == sizeof(T))
        {
            new Span<T>(target, count).Fill(*(T*)source);
            return;
        }

        int done = sourceStride == 2 * sizeof(T) && targetStride == sizeof(T) ? Planes.EverySecond<T>(source, target, count) : 0;
        source += done * sourceStride;
        target += done * targetStride;
        for (int i = done; i < count; i++)
        {
            Unsafe.WriteUnaligned(target, Unsafe.ReadUnaligned<T>(source));
            source += sourceStride;
            target += targetStride;
        }
    }

    /// <summary>
    /// <c>target[r][c] = source[c][r]</c>: the rows are contiguous in the source, the columns in the target.
    /// </summary>
    public static void Transpose<T>(byte* source, byte* target, int rows, int columns, nint sourceStride, nint targetStride) where T : unmanaged
    {
        int blocks = columns / TransposedBlocks.Columns * TransposedBlocks.Columns;
        if (blocks > 0) TransposeBlocks<T>(source, target, rows, blocks, sourceStride, targetStride);
        if (blocks < columns) TransposeFew<T>(source + blocks * sourceStride, target + (nint)blocks * sizeof(T), rows, columns - blocks, sourceStride, targetStride);
    }

    [MethodImpl(Compile.Alone)]
    private static void TransposeBlocks<T>(byte* source, byte* target, int rows, int columns, nint sourceStride, nint targetStride) where T : unmanaged
    {
        for (int c = 0; c < columns; c += TransposedBlocks.Columns)
        {
            byte* s = source + c * sourceStride;
            byte* t = target + (nint)c * sizeof(T);
            for (int r = TransposedBlocks.Transpose<T>(s, sourceStride, t, targetStride, rows); r < rows; r++)
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
    }

    [MethodImpl(Compile.Alone)]
    private static void TransposeFew<T>(byte* source, byte* target, int rows, int columns, nint sourceStride, nint targetStride) where T : unmanaged
    {
        int done = targetStride == columns * sizeof(T) ? Planes.Interleave<T>(source, sourceStride, columns, target, rows) : 0;
        if (columns == 3)
        {
            // The three planes of a colour picture.
            T* red = (T*)source, green = (T*)(source + sourceStride), blue = (T*)(source + 2 * sourceStride);
            target += done * targetStride;
            for (int r = done; r < rows; r++, target += targetStride)
            {
                ((T*)target)[0] = red[r];
                ((T*)target)[1] = green[r];
                ((T*)target)[2] = blue[r];
            }

            return;
        }

        for (int c = 0; c < columns; c++)
        {
            byte* s = source + c * sourceStride;
            byte* t = target + (nint)c * sizeof(T);
            for (int r = done; r < rows; r++) *(T*)(t + r * targetStride) = ((T*)s)[r];
        }
    }
}
