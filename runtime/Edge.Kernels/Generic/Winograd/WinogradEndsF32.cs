using Edge.Kernels.Dense;

namespace Edge.Kernels.Generic.Winograd;

/// <summary>float32 in, float32 out, with bias, residual and activation.</summary>
/// <param name="isa">The kernels.</param>
/// <param name="transforms">Those of the tile size.</param>
/// <param name="activation">Applied last.</param>
/// <param name="x">Input.</param>
/// <param name="residual">Laid out as the output, which it may be; null for none.</param>
/// <param name="y">Output.</param>
/// <param name="step">Elements from one pixel of the output, and of the residual, to the next.</param>
/// <param name="bias">One for each column of each panel.</param>
internal readonly unsafe struct WinogradEndsF32(DenseIsa isa, WinogradKernels.Transforms transforms, in Activation activation, float* x, float* residual, float* y, nint step, float* bias) : IWinogradEnds
{
    private readonly Activation _activation = activation;

    public void Input(in WinogradLayout layout, int from, int count, byte* planes, nint planeBytes, byte* temporary)
    {
        ref readonly ConvGeometry g = ref layout.Geometry;
        var t = new WinogradInput { PixelStep = g.InChannels, RowStep = (nint)g.InWidth * g.InChannels, Channels = g.InChannels, PlaneStep = planeBytes / sizeof(float), Temporary = (float*)temporary };
        for (int i = 0; i < count; i++)
        {
            WinogradWindow window = layout.Window(from + i);
            t.X = x + window.Pixel * g.InChannels;
            t.Inside = window;
            t.Planes = (float*)planes + (nint)i * layout.RowSteps;
            transforms.Input(&t);
        }
    }

    public void Output(in WinogradLayout layout, int panel, int from, int count, byte* products, nint planeBytes, byte* temporary)
    {
        ref readonly ConvGeometry g = ref layout.Geometry;
        int columns = layout.PanelColumns(panel), channel = panel * layout.Columns;
        var t = new WinogradOutput
        {
            PlaneStep = planeBytes / sizeof(float),
            Bias = bias + channel,
            PixelStep = step,
            RowStep = g.OutWidth * step,
            Channels = Math.Min(columns, g.OutChannels - channel),
            Temporary = (float*)temporary,
        };
        (t.Low, t.High) = _activation.Bounds;
        for (int i = 0; i < count; i++)
        {
            (int image, int row, int column) = layout.Place(from + i);
            nint at = (((nint)image * g.OutHeight + row) * g.OutWidth + column) * step + channel;
            t.Planes = (float*)products + (nint)i * columns;
            t.Y = y + at;
            t.Residual = residual == null ? null : residual + at;
            t.Rows = Math.Min(layout.Outputs, g.OutHeight - row);
            t.Columns = Math.Min(layout.Outputs, g.OutWidth - column);
            transforms.Output(&t);
            if (!_activation.IsClamp) Activate(t);
        }
    }

    private void Activate(in WinogradOutput t)
    {
        bool together = t.Channels == t.PixelStep;
        for (int row = 0; row < t.Rows; row++)
        {
            float* to = t.Y + row * t.RowStep;
            if (together) isa.Activate(_activation, to, t.Columns * t.PixelStep, 1, 0);
            else isa.Activate(_activation, to, t.Channels, t.Columns, t.PixelStep);
        }
    }
}
