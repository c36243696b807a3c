using Edge.Kernels.Dense;

namespace Edge.Kernels.Generic.Winograd;

/// <summary>Transforms weights <c>[OutC, InC, 3, 3]</c> to <c>G g Gᵀ</c> and rearranges them into panels; what lies outside the weights is left as it is.</summary>
internal static unsafe class WinogradWeights
{
    /// <summary>In float64, rounded once.</summary>
    /// <param name="layout">The convolution.</param>
    /// <param name="rows">G: <c>[m + 2][3]</c>.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="to"><see cref="WinogradLayout.WeightBytes"/> zeroed bytes.</param>
    public static void Pack(in WinogradLayout layout, ReadOnlySpan<double> rows, ReadOnlySpan<float> weights, float* to)
    {
        ConvGeometry g = layout.Geometry;
        int side = layout.Side;
        Span<double> half = stackalloc double[side * 3];
        for (int oc = 0, at = 0; oc < g.OutChannels; oc++)
        {
            (int panel, int column) = Math.DivRem(oc, layout.Columns);
            int columns = layout.PanelColumns(panel);
            float* first = (float*)((byte*)to + layout.PanelOffset(panel)) + column;
            nint plane = layout.PlanePanelBytes(panel) / sizeof(float);
            for (int ic = 0; ic < g.InChannels; ic++, at += 9)
            {
                ReadOnlySpan<float> kernel = weights.Slice(at, 9);
                for (int i = 0; i < side; i++)
                    for (int x = 0; x < 3; x++) half[3 * i + x] = Dot(rows.Slice(3 * i, 3), kernel[x], kernel[3 + x], kernel[6 + x]);
                float* p = first + (nint)ic * columns;
                for (int i = 0; i < side; i++)
                    for (int j = 0; j < side; j++, p += plane) *p = (float)Dot(rows.Slice(3 * j, 3), half[3 * i], half[3 * i + 1], half[3 * i + 2]);
            }
        }
    }

    /// <summary>In integers that fit in 16 bits, as pairs of channels.</summary>
    /// <param name="layout">The convolution.</param>
    /// <param name="rows">G: <c>[m + 2][3]</c>.</param>
    /// <param name="weights">The weights less their zero points.</param>
    /// <param name="to"><see cref="WinogradLayout.WeightBytes"/> zeroed bytes.</param>
    public static void Pack(in WinogradLayout layout, ReadOnlySpan<sbyte> rows, ReadOnlySpan<short> weights, short* to)
    {
        ConvGeometry g = layout.Geometry;
        int side = layout.Side;
        Span<int> half = stackalloc int[side * 3];
        for (int oc = 0, at = 0; oc < g.OutChannels; oc++)
        {
            (int panel, int column) = Math.DivRem(oc, layout.Columns);
            int columns = layout.PanelColumns(panel);
            short* first = (short*)((byte*)to + layout.PanelOffset(panel)) + 2 * column;
            nint plane = layout.PlanePanelBytes(panel) / sizeof(short);
            for (int ic = 0; ic < g.InChannels; ic++, at += 9)
            {
                ReadOnlySpan<short> kernel = weights.Slice(at, 9);
                for (int i = 0; i < side; i++)
                    for (int x = 0; x < 3; x++) half[3 * i + x] = Dot(rows.Slice(3 * i, 3), kernel[x], kernel[3 + x], kernel[6 + x]);
                short* p = first + (nint)(ic / 2) * 2 * columns + ic % 2;
                for (int i = 0; i < side; i++)
                    for (int j = 0; j < side; j++, p += plane) *p = checked((short)Dot(rows.Slice(3 * j, 3), half[3 * i], half[3 * i + 1], half[3 * i + 2]));
            }
        }
    }

    private static double Dot(ReadOnlySpan<double> row, double a, double b, double c) => row[0] * a + row[1] * b + row[2] * c;

    private static int Dot(ReadOnlySpan<sbyte> row, int a, int b, int c) => row[0] * a + row[1] * b + row[2] * c;
}
