using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Edge.Kernels.Dense;

namespace Edge.Kernels.Generic.Winograd;

/// <summary>Transforms weights <c>[OutC, InC, 3, 3]</c> to <c>G g Gᵀ</c> and rearranges them into panels; what lies outside the weights is left as it is.</summary>
internal static unsafe class WinogradWeights
{
    /// <summary>Output channels that are transformed together, as many as fill a line of the cache in every plane, and vectors of float64 that they take.</summary>
    private const int Lanes = 16, Groups = Lanes / 2;

    /// <summary>In float64, rounded once.</summary>
    /// <param name="layout">The convolution.</param>
    /// <param name="rows">G: <c>[m + 2][3]</c>.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="to"><see cref="WinogradLayout.WeightBytes"/> zeroed bytes.</param>
    public static void Pack(in WinogradLayout layout, ReadOnlySpan<double> rows, ReadOnlySpan<float> weights, float* to)
    {
        ConvGeometry g = layout.Geometry;
        Debug.Assert(weights.Length >= (long)g.OutChannels * g.InChannels * 9);
        int side = layout.Side;
        var half = stackalloc Vector128<double>[Groups * side * 3];
        fixed (float* kernels = weights)
        fixed (double* factors = rows)
            for (int panel = 0; panel < layout.Panels; panel++)
            {
                int columns = layout.PanelColumns(panel), first = panel * layout.Columns, count = Math.Min(columns, g.OutChannels - first);
                for (int column = 0; column < count; column += Lanes)
                    for (int ic = 0; ic < g.InChannels; ic++)
                    {
                        float* kernel = kernels + ((nint)(first + column) * g.InChannels + ic) * 9;
                        float* p = (float*)((byte*)to + layout.PanelOffset(panel)) + (nint)ic * columns + column;
                        Transform(kernel, g.InChannels * 9, Math.Min(Lanes, count - column), factors, side, half, p, layout.PlanePanelBytes(panel) / sizeof(float));
                    }
            }
    }

    /// <summary>The kernels of neighbouring output channels, a channel in each lane: the same sums in the same order as one by one.</summary>
    [SkipLocalsInit]
    private static void Transform(float* kernel, nint stride, int lanes, double* rows, int side, Vector128<double>* half, float* to, nint plane)
    {
        var w = stackalloc Vector128<double>[Groups * 9];
        var values = stackalloc double[Lanes];
        float* part = stackalloc float[Lanes];
        for (int k = 0; k < 9; k++)
        {
            for (int lane = 0; lane < lanes; lane++) values[lane] = kernel[lane * stride + k];
            for (int v = 0; v < Groups; v++) w[Groups * k + v] = Vector128.Load(values + 2 * v);
        }

        for (int i = 0; i < side; i++)
            for (int x = 0; x < 3; x++)
                for (int v = 0; v < Groups; v++)
                    half[Groups * (3 * i + x) + v] = Dot(rows + 3 * i, w[Groups * x + v], w[Groups * (3 + x) + v], w[Groups * (6 + x) + v]);
        for (int i = 0; i < side; i++)
            for (int j = 0; j < side; j++, to += plane)
            {
                Vector128<double>* h = half + Groups * 3 * i;
                float* y = lanes == Lanes ? to : part;
                for (int v = 0; v < Groups; v += 2)
                    Vector128.Narrow(Dot(rows + 3 * j, h[v], h[Groups + v], h[2 * Groups + v]), Dot(rows + 3 * j, h[v + 1], h[Groups + v + 1], h[2 * Groups + v + 1])).Store(y + 2 * v);
                if (lanes < Lanes) new Span<float>(part, lanes).CopyTo(new Span<float>(to, lanes));
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

    private static Vector128<double> Dot(double* row, Vector128<double> a, Vector128<double> b, Vector128<double> c) => row[0] * a + row[1] * b + row[2] * c;

    private static int Dot(ReadOnlySpan<sbyte> row, int a, int b, int c) => row[0] * a + row[1] * b + row[2] * c;
}
