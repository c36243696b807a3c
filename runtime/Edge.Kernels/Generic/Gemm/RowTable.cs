using Edge.Kernels.Dense;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>Writes the addresses through which tiles read the input: <c>[Taps][tileRows]</c> for each tile.</summary>
internal static unsafe class RowTable
{
    /// <summary>
    /// Addresses for output pixels <c>pixel … pixel + rows − 1</c>; further rows of the tile repeat the last one.
    /// </summary>
    /// <param name="layout">The convolution.</param>
    /// <param name="x">The input.</param>
    /// <param name="padding">A row of padding, <see cref="ConvLayout.PaddingRowBytes"/> long.</param>
    /// <param name="pixel">First output pixel.</param>
    /// <param name="rows">Pixels, at least 1.</param>
    /// <param name="tileRows">Rows of the tile, at least <paramref name="rows"/>.</param>
    /// <param name="table">To be filled.</param>
    /// <param name="gather">Room for windows that overlap the padding: Taps · rows times <see cref="ConvLayout.GatherStride"/>.</param>
    public static void Fill(in ConvLayout layout, byte* x, byte* padding, nint pixel, int rows, int tileRows, byte** table, byte* gather)
    {
        if (layout.IsPointwise)
        {
            for (int r = 0; r < rows; r++) table[r] = x + (pixel + r) * layout.PixelBytes;
        }
        else
        {
            var cursor = new PixelCursor(layout.Geometry, pixel);
            for (int r = 0; r < rows; r++, cursor.MoveNext())
            {
                byte* image = x + (nint)cursor.Image * layout.Geometry.InHeight * layout.Geometry.InWidth * layout.PixelBytes;
                if (layout.RowTaps) gather = FillRowTaps(layout, image, padding, cursor, tileRows, table + r, gather);
                else FillTaps(layout, image, padding, cursor, tileRows, table + r);
            }
        }
        for (int r = rows; r < tileRows; r++)
            for (int tap = 0; tap < layout.Taps; tap++) table[tap * tileRows + r] = table[tap * tileRows + rows - 1];
    }

    /// <summary>One address for each kernel element: the pixel under it, or padding.</summary>
    private static void FillTaps(in ConvLayout layout, byte* image, byte* padding, in PixelCursor at, int stride, byte** to)
    {
        ConvGeometry g = layout.Geometry;
        for (int ky = 0; ky < g.KernelHeight; ky++)
        {
            int iy = at.Top + ky * g.DilationHeight;
            bool inside = (uint)iy < (uint)g.InHeight;
            byte* row = image + (nint)iy * g.InWidth * layout.PixelBytes;
            for (int kx = 0; kx < g.KernelWidth; kx++, to += stride)
            {
                int ix = at.Left + kx * g.DilationWidth;
                *to = inside && (uint)ix < (uint)g.InWidth ? row + ix * layout.PixelBytes : padding;
            }
        }
    }

    /// <summary>One address for each kernel row: into the input if the window lies inside, else to a padded copy of it.</summary>
    private static byte* FillRowTaps(in ConvLayout layout, byte* image, byte* padding, in PixelCursor at, int stride, byte** to, byte* gather)
    {
        ConvGeometry g = layout.Geometry;
        int from = Math.Clamp(-at.Left, 0, g.KernelWidth);
        int until = Math.Clamp(g.InWidth - at.Left, from, g.KernelWidth);
        for (int ky = 0; ky < g.KernelHeight; ky++, to += stride)
        {
            int iy = at.Top + ky * g.DilationHeight;
            if ((uint)iy >= (uint)g.InHeight || until == from)
            {
                *to = padding;
                continue;
            }
            byte* window = image + ((nint)iy * g.InWidth + at.Left) * layout.PixelBytes;
            if (until - from == g.KernelWidth)
            {
                *to = window;
                continue;
            }
            nint before = from * layout.PixelBytes, end = until * layout.PixelBytes, all = g.KernelWidth * layout.PixelBytes;
            Buffer.MemoryCopy(padding, gather, before, before);
            Buffer.MemoryCopy(window + before, gather + before, end - before, end - before);
            Buffer.MemoryCopy(padding, gather + end, all - end, all - end);
            *to = gather;
            gather += layout.GatherStride;
        }
        return gather;
    }
}
