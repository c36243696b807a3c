using Edge.Kernels.Dense;

namespace Edge.Kernels.Generic.Winograd;

/// <summary>Bytes in, and out what <see cref="Requantization"/> says.</summary>
/// <param name="transforms">Those of the tile size.</param>
/// <param name="x">Input, with readable bytes behind it.</param>
/// <param name="inputSigned">Whether it is int8.</param>
/// <param name="inputZeroPoint">Its zero point.</param>
/// <param name="y">Output.</param>
/// <param name="output">What becomes of a sum.</param>
/// <param name="bias">One for each column of each panel.</param>
/// <param name="scale">The same of scales, where there are any.</param>
internal readonly unsafe struct WinogradEndsInt8(WinogradKernelsInt8.Transforms transforms, byte* x, bool inputSigned, int inputZeroPoint, byte* y, Requantization output, int* bias, float* scale) : IWinogradEnds
{
    public void Input(in WinogradLayout layout, int from, int count, byte* planes, nint planeBytes, byte* temporary)
    {
        ref readonly ConvGeometry g = ref layout.Geometry;
        var t = new WinogradInputInt8
        {
            PixelStep = g.InChannels,
            RowStep = (nint)g.InWidth * g.InChannels,
            Channels = g.InChannels,
            ZeroPoint = (short)inputZeroPoint,
            PlaneStep = planeBytes / sizeof(short),
            Temporary = (short*)temporary,
        };
        for (int i = 0; i < count; i++)
        {
            WinogradWindow window = layout.Window(from + i);
            t.X = x + window.Pixel * g.InChannels;
            t.Inside = window;
            t.Planes = (short*)((int*)planes + (nint)i * layout.RowSteps);
            transforms.Input(&t, inputSigned);
        }
    }

    public void Output(in WinogradLayout layout, int panel, int from, int count, byte* products, nint planeBytes, byte* temporary)
    {
        ref readonly ConvGeometry g = ref layout.Geometry;
        int columns = layout.PanelColumns(panel), channel = panel * layout.Columns;
        int* last = stackalloc int[layout.Columns];
        var t = new WinogradOutputInt8
        {
            PlaneStep = planeBytes / sizeof(int),
            Bias = bias + channel,
            Scale = scale + channel,
            PixelStep = g.OutChannels,
            RowStep = (nint)g.OutWidth * g.OutChannels,
            Channels = Math.Min(columns, g.OutChannels - channel),
            Low = output.Low - output.ZeroPoint,
            High = output.High - output.ZeroPoint,
            ZeroPoint = output.ZeroPoint,
            Temporary = (int*)temporary,
            Last = last,
        };
        for (int i = 0; i < count; i++)
        {
            (int image, int row, int column) = layout.Place(from + i);
            nint at = (((nint)image * g.OutHeight + row) * g.OutWidth + column) * g.OutChannels + channel;
            t.Planes = (int*)products + (nint)i * columns;
            t.Y = y + at * output.ElementBytes;
            t.Rows = Math.Min(layout.Outputs, g.OutHeight - row);
            t.Columns = Math.Min(layout.Outputs, g.OutWidth - column);
            transforms.Output(&t, output.ElementBytes == 1);
            if (output.Kind == Int8OutputKind.Float32) ToFloat32(t);
        }
    }

    private static void ToFloat32(in WinogradOutputInt8 t)
    {
        for (int r = 0; r < t.Rows; r++)
            for (int c = 0; c < t.Columns; c++) Int32Row.ToFloat32((int*)t.Y + r * t.RowStep + c * t.PixelStep, t.Scale, t.Channels);
    }
}
