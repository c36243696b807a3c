using Edge.Kernels;
using Edge.Kernels.Dense;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Conv;

/// <summary>
/// Conv in one, two and three dimensions: inputs X, W, bias. A pass may add <see cref="FusedActivation"/> and a fourth input of
/// the output's shape, which is added before the activation; or it may let the output be some channels of a larger tensor
/// (<see cref="AmongChannels"/>), of which a fifth input holds what was computed before.
/// </summary>
internal class ConvOperator(string opType = "Conv", string domain = "") : Operator(opType, domain, 1, OperatorCatalog.LatestOpset), IConvStage
{
    private const int Bias = 2, Residual = 3, Whole = 4;

    public override LayoutRole Layout => LayoutRole.ChannelsLast;

    public override bool TakesLayout(Node node, int input) => input is 0 or Residual;

    /// <summary>Each element of the residual is read before the output's element is written.</summary>
    public override bool CanOverwrite(Node node, int input) => input is Residual or Whole;

    /// <summary>What other channels hold stays where it is.</summary>
    public override nint? PlaceInOutput(Node node, int input) => input == Whole ? 0 : null;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32);
        c.RequireType(1, DataType.Float32);
        var g = ConvAttributes.Read(c.Node, c.Shape(0), c.Shape(1));
        var y = ConvAttributes.OutputShape(c.Node, g, c.Shape(0).Rank);
        if (c.Has(Bias) && c.Shape(Bias) != new Shape(g.Plane.OutChannels)) throw c.Error($"bias {c.Shape(Bias)} must be [{g.Plane.OutChannels}]");
        if (c.Has(Residual) && c.Shape(Residual) != y) throw c.Error($"residual {c.Shape(Residual)} must have the output's shape {y}");
        ReadActivation(c.Node);
        var whole = AmongChannels.Of(c.Node) is var (_, channels) ? new Shape([.. y.Dims[..^1], channels]) : y;
        if (c.Has(Whole) && c.Shape(Whole) != whole) throw c.Error($"what was computed before {c.Shape(Whole)} must have the output's shape {whole}");
        c.Output(0, DataType.Float32, whole);
    }

    public override Executor Prepare(PrepareContext c)
    {
        var g = ConvAttributes.Read(c.Node, c.Shape(0), c.Shape(1));
        bool last = ConvAttributes.ChannelsLast(c.Node);
        if (g.IsFlat) return Prepare(c, g.Plane, last ? null : new ChannelsFirst(g.Plane, sizeof(float), sizeof(float), c.Has(Residual)));
        var operands = new VolumeOperands(c.Node.Inputs.Count, 0, -1, c.Has(Residual) ? Residual : -1, sizeof(float), sizeof(float));
        return new VolumeConvExecutor(g, Prepare(c, VolumeConvExecutor.Slice(g), null), operands, last);
    }

    public ConvGeometry? StageOf(Node node)
    {
        if (node.Inputs is not [{ IsStatic: true } x, ..] || !ConvAttributes.ChannelsLast(node) || AmongChannels.Of(node) is not null) return null;
        if (node.Constant(1) is not { } w || (node.Has(Bias) && node.Constant(Bias) is null)) return null;
        var g = ConvAttributes.Read(node, x.Shape!.Value, w.Shape);
        return g.IsFlat && g.Plane.Macs > 0 ? g.Plane : null;
    }

    public Value? ResidualOf(Node node) => node.Input(Residual);

    public byte PaddingOf(Node node) => 0;

    public PreparedConv PrepareKernel(PrepareContext c, in ConvGeometry g)
    {
        ReadOnlySpan<float> bias = c.Has(Bias) ? c.Constant(Bias)!.AsSpan<float>() : [];
        return c.Kernels.Dense.PrepareConvF32(g, c.Constant(1)!.AsSpan<float>(), bias, ReadActivation(c.Node), c.Packed);
    }

    /// <summary>What is applied last; fails if that is not supported.</summary>
    protected virtual Activation ReadActivation(Node node) => FusedActivation.Read(node.Attributes);

    private Executor Prepare(PrepareContext c, in ConvGeometry g, ChannelsFirst? layout)
    {
        var activation = ReadActivation(c.Node);
        var weights = c.Constant(1);
        var bias = c.Has(Bias) ? c.Constant(Bias) : null;
        int residual = c.Has(Residual) ? Residual : -1;
        if (weights is null || (c.Has(Bias) && bias is null)) return new DynamicConvExecutor(c, g, layout, activation, c.Has(Bias) ? Bias : -1, residual);
        var kernel = c.Kernels.Dense.PrepareConvF32(g, weights.AsSpan<float>(), bias is null ? [] : bias.AsSpan<float>(), activation, c.Packed);
        return AmongChannels.Of(c.Node) is var (first, channels)
            ? new AmongChannelsExecutor(kernel, g, first, channels, c.Has(Whole) ? Whole : -1)
            : new ConvExecutor(kernel, g, layout, residual);
    }
}
