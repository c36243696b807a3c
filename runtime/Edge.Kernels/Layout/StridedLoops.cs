using System.Runtime.CompilerServices;

namespace Edge.Kernels.Layout;

/// <summary>The inner loops of <see cref="StridedCopy"/>. Strides are in bytes; source and target do not overlap.</summary>
internal static unsafe class StridedLoops
{
    // Columns of one tile of a transposition: with 8 of them each cache line of a row is finished soon after it is begun.
    private const int TileColumns = 8;

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
    [MethodImpl(Compile.Alone)]
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

        byte* rest = source + c * sourceStride, at = target + (nint)c * sizeof(T);
        int done = targetStride == (columns - c) * sizeof(T) ? Planes.Interleave<T>(rest, sourceStride, columns - c, at, rows) : 0;
        if (columns - c == 3)
        {
            // The three planes of a colour picture.
            T* red = (T*)rest, green = (T*)(rest + sourceStride), blue = (T*)(rest + 2 * sourceStride);
            at += done * targetStride;
            for (int r = done; r < rows; r++, at += targetStride)
            {
                ((T*)at)[0] = red[r];
                ((T*)at)[1] = green[r];
                ((T*)at)[2] = blue[r];
            }

            return;
        }

        for (; c < columns; c++)
        {
            byte* s = source + c * sourceStride;
            byte* t = target + (nint)c * sizeof(T);
            for (int r = done; r < rows; r++) *(T*)(t + r * targetStride) = ((T*)s)[r];
        }
    }
}
