using Edge.Kernels.Dense;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>
/// Writes the addresses through which tiles read the input: <c>[Taps][tileRows]</c> for each tile. Pixels are taken in
/// segments that lie in one output row, so that the addresses of a tap are equidistant.
/// </summary>
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
        if (layout.IsPointwise) Equidistant(table, rows, x + pixel * layout.PixelBytes, layout.PixelBytes);
        else FillSegments(layout, x, padding, pixel, rows, tileRows, table, gather);
        if (rows == tileRows) return;
        for (int tap = 0; tap < layout.Taps; tap++) Equidistant(table + tap * tileRows + rows, tileRows - rows, table[tap * tileRows + rows - 1], 0);
    }

    private static void FillSegments(in ConvLayout layout, byte* x, byte* padding, nint pixel, int rows, int tileRows, byte** table, byte* gather)
    {
        ref readonly ConvGeometry g = ref layout.Geometry;
        (nint line, nint column) = Math.DivRem(pixel, g.OutWidth);
        (nint image, nint row) = Math.DivRem(line, g.OutHeight);
        for (int done = 0; done < rows;)
        {
            var segment = new Segment
            {
                Image = x + image * g.InHeight * g.InWidth * layout.PixelBytes,
                Top = (int)row * g.StrideHeight - g.PadTop,
                Left = (int)column * g.StrideWidth - g.PadLeft,
                Count = (int)Math.Min(rows - done, g.OutWidth - column),
            };
            if (layout.RowTaps) gather = FillRowTaps(layout, segment, padding, tileRows, table + done, gather);
            else FillTaps(layout, segment, padding, tileRows, table + done);
            done += segment.Count;
            column = 0;
            if (++row < g.OutHeight) continue;
            row = 0;
            image++;
        }
    }

    /// <summary>One address for each kernel element: the pixel under it, or padding.</summary>
    private static void FillTaps(in ConvLayout layout, in Segment s, byte* padding, int tileRows, byte** to)
    {
        ref readonly ConvGeometry g = ref layout.Geometry;
        nint step = g.StrideWidth * layout.PixelBytes;
        for (int ky = 0; ky < g.KernelHeight; ky++)
        {
            int iy = s.Top + ky * g.DilationHeight;
            bool inside = (uint)iy < (uint)g.InHeight;
            byte* line = s.Image + (nint)iy * g.InWidth * layout.PixelBytes;
            for (int kx = 0; kx < g.KernelWidth; kx++, to += tileRows)
            {
                int ix = s.Left + kx * g.DilationWidth;
                (int from, int until) = inside ? s.Inside(ix, g.StrideWidth, g.InWidth) : (0, 0);
                Equidistant(to, from, padding, 0);
                Equidistant(to + from, until - from, line + ix * layout.PixelBytes + from * step, step);
                Equidistant(to + until, s.Count - until, padding, 0);
            }
        }
    }

    /// <summary>One address for each kernel row: into the input if the window lies inside, else to a padded copy of it.</summary>
    private static byte* FillRowTaps(in ConvLayout layout, in Segment s, byte* padding, int tileRows, byte** to, byte* gather)
    {
        ref readonly ConvGeometry g = ref layout.Geometry;
        nint step = g.StrideWidth * layout.PixelBytes;
        (int from, int until) = s.Inside(s.Left, g.StrideWidth, g.InWidth - g.KernelWidth + 1);
        for (int ky = 0; ky < g.KernelHeight; ky++, to += tileRows)
        {
            int iy = s.Top + ky * g.DilationHeight;
            if ((uint)iy >= (uint)g.InHeight)
            {
                Equidistant(to, s.Count, padding, 0);
                continue;
            }
            byte* line = s.Image + (nint)iy * g.InWidth * layout.PixelBytes;
            for (int r = 0; r < from; r++, gather += layout.GatherStride) to[r] = Gather(layout, line, padding, s.Left + r * g.StrideWidth, gather);
            Equidistant(to + from, until - from, line + s.Left * layout.PixelBytes + from * step, step);
            for (int r = until; r < s.Count; r++, gather += layout.GatherStride) to[r] = Gather(layout, line, padding, s.Left + r * g.StrideWidth, gather);
        }
        return gather;
    }

    /// <summary>Copies a window that begins at input column <paramref name="left"/>, with padding for what lies outside.</summary>
    private static byte* Gather(in ConvLayout layout, byte* line, byte* padding, int left, byte* to)
    {
        int width = layout.Geometry.KernelWidth;
        int from = Math.Clamp(-left, 0, width), until = Math.Clamp(layout.Geometry.InWidth - left, from, width);
        nint before = from * layout.PixelBytes, end = until * layout.PixelBytes, all = width * layout.PixelBytes;
        Buffer.MemoryCopy(padding, to, before, before);
        Buffer.MemoryCopy(line + left * layout.PixelBytes + before, to + before, end - before, end - before);
        Buffer.MemoryCopy(padding, to + end, all - end, all - end);
        return to;
    }

    private static void Equidistant(byte** to, int count, byte* first, nint step)
    {
        for (int i = 0; i < count; i++, first += step) to[i] = first;
    }

    /// <summary>Output pixels next to each other in one row.</summary>
    private ref struct Segment
    {
        /// <summary>The image that they are made of.</summary>
        public byte* Image;

        /// <summary>Input row of their windows' first row.</summary>
        public int Top;

        /// <summary>Input column of the first one's window.</summary>
        public int Left;

        public int Count;

        /// <summary>
        /// Which of them, from the first to before the last, have <c>0 ≤ column + i · stride &lt; limit</c>.
        /// </summary>
        public readonly (int From, int Until) Inside(int column, int stride, int limit)
        {
            int from = column >= 0 ? 0 : Math.Min((-column + stride - 1) / stride, Count);
            int last = limit - 1 - column;
            int until = last < 0 ? from : Math.Clamp(last / stride + 1, from, Count);
            return (from, until);
        }
    }
}
