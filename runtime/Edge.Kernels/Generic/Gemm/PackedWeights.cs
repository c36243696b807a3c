using Edge.Kernels.Dense;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>Rearranges weights <c>[OutC, InC/group, kH, kW]</c> into panels; what lies outside the weights is zero.</summary>
internal static unsafe class PackedWeights
{
    /// <summary>To <c>[panels][taps][elements][Columns]</c>.</summary>
    public static void Pack(in ConvLayout layout, ReadOnlySpan<float> weights, float* to)
    {
        ConvGeometry g = layout.Geometry;
        for (int oc = 0, i = 0; oc < g.OutChannels; oc++)
        {
            float* panel = (float*)((byte*)to + Column(layout, oc, out int column));
            for (int c = 0; c < g.InChannelsPerGroup; c++)
                for (int ky = 0; ky < g.KernelHeight; ky++)
                    for (int kx = 0; kx < g.KernelWidth; kx++)
                    {
                        (int tap, int element) = layout.Place(c, ky, kx);
                        panel[((nint)tap * layout.TapSteps + element) * layout.Columns + column] = weights[i++];
                    }
        }
    }

    /// <summary>To <c>[panels][taps][steps][Columns][4]</c>, <paramref name="flip"/> being added to each weight's bit pattern by exclusive or.</summary>
    public static void Pack(in ConvLayout layout, ReadOnlySpan<byte> weights, byte flip, byte* to)
    {
        ConvGeometry g = layout.Geometry;
        for (int oc = 0, i = 0; oc < g.OutChannels; oc++)
        {
            byte* panel = to + Column(layout, oc, out int column);
            for (int c = 0; c < g.InChannelsPerGroup; c++)
                for (int ky = 0; ky < g.KernelHeight; ky++)
                    for (int kx = 0; kx < g.KernelWidth; kx++)
                    {
                        (int tap, int element) = layout.Place(c, ky, kx);
                        nint step = (nint)tap * layout.TapSteps + element / 4;
                        panel[(step * layout.Columns + column) * 4 + element % 4] = (byte)(weights[i++] ^ flip);
                    }
        }
    }

    /// <summary>Offset of the panel that output channel <paramref name="oc"/> belongs to, and its column there.</summary>
    public static nint Column(in ConvLayout layout, int oc, out int column)
    {
        (int group, int c) = Math.DivRem(oc, layout.Geometry.OutChannelsPerGroup);
        (int panel, column) = Math.DivRem(c, layout.Columns);
        return ((nint)group * layout.PanelsPerGroup + panel) * layout.PanelBytes;
    }

    /// <summary>Index of output channel <paramref name="oc"/> among columns of all panels: where its bias and scale lie.</summary>
    public static nint Slot(in ConvLayout layout, int oc)
    {
        (int group, int c) = Math.DivRem(oc, layout.Geometry.OutChannelsPerGroup);
        return (nint)group * layout.PanelsPerGroup * layout.Columns + c;
    }
}
