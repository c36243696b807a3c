using Edge.Kernels.Dense;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>Rearranges weights <c>[OutC, InC/group, kH, kW]</c> into panels; what lies outside the weights is zero.</summary>
internal static unsafe class PackedWeights
{
    /// <summary>To <c>[panels][taps][elements][columns]</c>.</summary>
    public static void Pack(in ConvLayout layout, ReadOnlySpan<float> weights, float* to)
    {
        ConvGeometry g = layout.Geometry;
        for (int oc = 0, i = 0; oc < g.OutChannels; oc++)
        {
            int panelIndex = Panel(layout, oc, out int column), columns = layout.PanelColumns(panelIndex);
            float* panel = (float*)((byte*)to + layout.PanelOffset(panelIndex));
            for (int c = 0; c < g.InChannelsPerGroup; c++)
                for (int ky = 0; ky < g.KernelHeight; ky++)
                    for (int kx = 0; kx < g.KernelWidth; kx++)
                    {
                        (int tap, int element) = layout.Place(c, ky, kx);
                        panel[((nint)tap * layout.TapSteps + element) * columns + column] = weights[i++];
                    }
        }
    }

    /// <summary>To <c>[panels][taps][steps][columns][4]</c>, <paramref name="flip"/> being added to each weight's bit pattern by exclusive or.</summary>
    public static void Pack(in ConvLayout layout, ReadOnlySpan<byte> weights, byte flip, byte* to)
    {
        ConvGeometry g = layout.Geometry;
        for (int oc = 0, i = 0; oc < g.OutChannels; oc++)
        {
            int panelIndex = Panel(layout, oc, out int column), columns = layout.PanelColumns(panelIndex);
            byte* panel = to + layout.PanelOffset(panelIndex);
            for (int c = 0; c < g.InChannelsPerGroup; c++)
                for (int ky = 0; ky < g.KernelHeight; ky++)
                    for (int kx = 0; kx < g.KernelWidth; kx++)
                    {
                        (int tap, int element) = layout.Place(c, ky, kx);
                        nint step = (nint)tap * layout.TapSteps + element / 4;
                        panel[(step * columns + column) * 4 + element % 4] = (byte)(weights[i++] ^ flip);
                    }
        }
    }

    /// <summary>To <c>[panels][taps][steps][columns][2]</c>.</summary>
    public static void Pack(in ConvLayout layout, ReadOnlySpan<short> weights, short* to)
    {
        ConvGeometry g = layout.Geometry;
        for (int oc = 0, i = 0; oc < g.OutChannels; oc++)
        {
            int panelIndex = Panel(layout, oc, out int column), columns = layout.PanelColumns(panelIndex);
            short* panel = (short*)((byte*)to + layout.PanelOffset(panelIndex));
            for (int c = 0; c < g.InChannelsPerGroup; c++)
                for (int ky = 0; ky < g.KernelHeight; ky++)
                    for (int kx = 0; kx < g.KernelWidth; kx++)
                    {
                        (int tap, int element) = layout.Place(c, ky, kx);
                        nint step = (nint)tap * layout.TapSteps + element / 2;
                        panel[(step * columns + column) * 2 + element % 2] = weights[i++];
                    }
        }
    }

    /// <summary>Index of output channel <paramref name="oc"/> among columns of all panels: where its bias and scale lie.</summary>
    public static nint Slot(in ConvLayout layout, int oc) => (nint)Panel(layout, oc, out int column) * layout.Columns + column;

    /// <summary>The panel that output channel <paramref name="oc"/> belongs to, and its column there.</summary>
    private static int Panel(in ConvLayout layout, int oc, out int column)
    {
        (int group, int c) = Math.DivRem(oc, layout.Geometry.OutChannelsPerGroup);
        (int panel, column) = Math.DivRem(c, layout.Columns);
        return group * layout.PanelsPerGroup + panel;
    }
}
