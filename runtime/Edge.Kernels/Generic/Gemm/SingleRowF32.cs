using Edge.Kernels.Dense;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>
/// A float32 product with one small row, as each step of a recurrent network takes it: what <see cref="ConvTiles{TFinish}"/> prepares for
/// blocks of rows would cost more than the product. The same sums in the same order.
/// </summary>
internal static unsafe class SingleRowF32
{
    /// <summary>Multiply-accumulates up to which one thread is enough.</summary>
    private const long MaxMacs = 256 * 1024;

    public static bool Takes(in ConvLayout layout, TileSet tiles) =>
        layout.Pixels == 1 && layout.Geometry is { Group: 1, Macs: <= MaxMacs } && tiles.HasAllVariants && layout.IsPointwise;

    /// <param name="layout">The product.</param>
    /// <param name="tiles">Tiles of machine code.</param>
    /// <param name="panels">Packed weights.</param>
    /// <param name="bias">A bias for each column of each panel, <paramref name="biasStride"/> from panel to panel.</param>
    /// <param name="biasStride">NR, or 0 if all panels share one row of zeros.</param>
    /// <param name="x">The row.</param>
    /// <param name="residual">Added before the bounds; may be <paramref name="y"/>; null for none.</param>
    /// <param name="y">The result.</param>
    /// <param name="bounds">What the result is bounded by.</param>
    public static void Run(in ConvLayout layout, TileSet tiles, byte* panels, float* bias, int biasStride, byte* x, float* residual, float* y, (float Low, float High) bounds)
    {
        int columns = layout.Columns, steps = layout.TapSteps;
        TileArguments t;
        for (int channel = 0; channel < layout.Geometry.OutChannels; channel += columns)
        {
            int left = Math.Min(columns, layout.Geometry.OutChannels - channel), width = 2 * left <= columns ? columns / 2 : columns;
            t = default;
            t.Taps = 1;
            t.Rows = &x;
            t.RowStride = layout.PixelBytes;
            t.End = (nint)steps * 4;
            t.Panel = panels;
            t.Ahead = panels;
            t.Init = (byte*)bias;
            t.Y = (byte*)(y + channel);
            t.Residual = residual == null ? null : (byte*)(residual + channel);
            (t.Low, t.High) = bounds;
            t.ColumnMask = (1UL << left) - 1;
            tiles.KernelFor(1, TileVariant.Equidistant | (width < columns ? TileVariant.LeftHalf : 0) | (left < width ? TileVariant.Masked : 0)).Run(&t);
            panels += (nint)steps * 4 * width;
            bias += biasStride;
        }
    }
}
