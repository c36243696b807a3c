using Edge.Kernels.Dense;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.DeformConv;

/// <summary>
/// DeformConv in two dimensions: inputs X, W, offset, bias, mask. Offsets <c>[N, offset_group·kH·kW·2, oH, oW]</c> move what
/// the kernel reads, a mask <c>[N, offset_group·kH·kW, oH, oW]</c> weights it.
/// </summary>
internal sealed class DeformConvOperator() : Operator("DeformConv", "", 19, OperatorCatalog.LatestOpset)
{
    public const int Weights = 1, Offset = 2, Bias = 3, Mask = 4;

    public override LayoutRole Layout => LayoutRole.ChannelsLast;

    public override bool TakesLayout(Node node, int input) => input is 0 or Offset or Mask;

    public override void Infer(InferContext c)
    {
        foreach (int input in (ReadOnlySpan<int>)[0, Weights, Offset, Bias, Mask])
            if (input <= Offset || c.Has(input)) c.RequireType(input, DataType.Float32);
        c.RequireRank(0, 4, 4);
        c.RequireRank(Weights, 4, 4);
        var volume = ConvAttributes.Read(c.Node, c.Shape(0), c.Shape(Weights));
        var g = volume.Plane;
        int groups = OffsetGroups(c.Node, g.InChannels), taps = groups * g.KernelHeight * g.KernelWidth;
        Require(c, Offset, g, 2 * taps);
        if (c.Has(Mask)) Require(c, Mask, g, taps);
        if (c.Has(Bias) && c.Shape(Bias) != new Shape(g.OutChannels)) throw c.Error($"bias {c.Shape(Bias)} must be [{g.OutChannels}]");
        c.Output(0, DataType.Float32, ConvAttributes.OutputShape(c.Node, volume, 4));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var g = ConvAttributes.Read(c.Node, c.Shape(0), c.Shape(Weights)).Plane;
        return new DeformConvExecutor(c, g, OffsetGroups(c.Node, g.InChannels), ConvAttributes.ChannelsLast(c.Node));
    }

    private static int OffsetGroups(Node node, int channels)
    {
        long groups = node.Attributes.Int("offset_group", 1);
        return groups >= 1 && channels % groups == 0 ? (int)groups : throw node.Error($"offset_group {groups} does not divide {channels} channels");
    }

    private static void Require(InferContext c, int input, in ConvGeometry g, int channels)
    {
        var want = ConvAttributes.ChannelsLast(c.Node) ? new Shape(g.Batch, g.OutHeight, g.OutWidth, channels) : new Shape(g.Batch, channels, g.OutHeight, g.OutWidth);
        if (c.Shape(input) != want) throw c.Error($"input {input} {c.Shape(input)} does not fit the convolution; it must be {want}");
    }
}
