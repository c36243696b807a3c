using Edge.Kernels.Dense;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.QLinearConv;

/// <summary>
/// Integer convolutions in one, two and three dimensions: QLinearConv, ConvInteger and, made by passes, QConvFloat. A pass may
/// narrow the output's range by the attributes <c>low</c> and <c>high</c>.
/// </summary>
internal sealed class IntegerConvOperator(string opType, string domain, IntegerConvInputs inputs)
    : Operator(opType, domain, domain.Length == 0 ? 10 : 1, OperatorCatalog.LatestOpset), IConvStage
{
    private readonly IntegerConvInputs _in = inputs;

    public override LayoutRole Layout => LayoutRole.ChannelsLast;

    public override void Infer(InferContext c)
    {
        c.RequireType(_in.X, DataType.UInt8, DataType.Int8);
        c.RequireType(_in.W, DataType.UInt8, DataType.Int8);
        c.RequireSameType(_in.X, _in.XZeroPoint);
        c.RequireSameType(_in.W, _in.WZeroPoint);
        var g = ConvAttributes.Read(c.Node, c.Shape(_in.X), c.Shape(_in.W));
        c.RequirePerChannel(_in.XZeroPoint, 1, "x_zero_point");
        c.RequirePerChannel(_in.WZeroPoint, g.Plane.OutChannels, "w_zero_point");
        var type = DataType.Int32;
        if (_in.XScale >= 0)
        {
            type = DataType.Float32;
            RequireScales(c, g.Plane.OutChannels);
            if (c.Has(_in.Bias))
            {
                c.RequireType(_in.Bias, DataType.Int32);
                if (c.Shape(_in.Bias) != new Shape(g.Plane.OutChannels)) throw c.Error($"bias {c.Shape(_in.Bias)} must be [{g.Plane.OutChannels}]");
            }
        }

        if (_in.YZeroPoint >= 0)
        {
            c.RequireType(_in.YZeroPoint, DataType.UInt8, DataType.Int8);
            type = c.Type(_in.YZeroPoint);
            Quantized.Range(c.Attributes);
        }

        c.Output(0, type, ConvAttributes.OutputShape(c.Node, g, c.Shape(_in.X).Rank));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var g = ConvAttributes.Read(c.Node, c.Shape(_in.X), c.Shape(_in.W));
        bool last = ConvAttributes.ChannelsLast(c.Node);
        int y = c.OutputType().Size();
        if (g.IsFlat) return Prepare(c, g.Plane, last ? null : new ChannelsFirst(g.Plane, 1, y, residual: false), last);
        var operands = new VolumeOperands(c.Node.Inputs.Count, _in.X, c.Has(_in.XZeroPoint) ? _in.XZeroPoint : -1, -1, 1, y);
        return new VolumeConvExecutor(g, Prepare(c, VolumeConvExecutor.Slice(g), null, channelsLast: true), operands, last);
    }

    private Executor Prepare(PrepareContext c, in ConvGeometry g, ChannelsFirst? layout, bool channelsLast)
    {
        var y = c.OutputType();
        bool weightsKnown = c.IsKnown(_in.W) && c.IsKnown(_in.WZeroPoint);
        bool restKnown = c.IsKnown(_in.XScale) && c.IsKnown(_in.WScale) && c.IsKnown(_in.YScale) && c.IsKnown(_in.YZeroPoint) && c.IsKnown(_in.Bias);
        bool inputKnown = c.IsKnown(_in.XZeroPoint);
        bool corrected = !inputKnown && y == DataType.Int32;
        if (g.Macs == 0 || !weightsKnown || !restKnown || !(inputKnown || corrected)) return new DirectIntegerConvExecutor(c, g, _in, channelsLast);

        var kernel = PrepareKernel(c, g);
        var correction = corrected ? new ZeroPointCorrection(g, c.Constant(_in.W)!, WeightZeroPoints(c.Node)) : null;
        return new IntegerConvExecutor(kernel, g, layout, correction, _in.XZeroPoint, c.Type(_in.X) == DataType.Int8);
    }

    public ConvGeometry? StageOf(Node node)
    {
        if (_in.YZeroPoint < 0 || !ConvAttributes.ChannelsLast(node) || node.Inputs is not [{ IsStatic: true } x, ..]) return null;
        for (int i = 1; i < node.Inputs.Count; i++)
            if (node.Has(i) && node.Constant(i) is null) return null;
        var g = ConvAttributes.Read(node, x.Shape!.Value, node.Constant(_in.W)!.Shape);
        return g.IsFlat && g.Plane.Macs > 0 ? g.Plane : null;
    }

    public Value? ResidualOf(Node node) => null;

    public byte PaddingOf(Node node) => (byte)XZeroPoint(node);

    PreparedConv IConvStage.PrepareKernel(PrepareContext c, in ConvGeometry g) => PrepareKernel(c, g);

    /// <summary>The zero point of an input that brings it with each run is 0 here.</summary>
    private PreparedConvInt8 PrepareKernel(PrepareContext c, in ConvGeometry g)
    {
        var w = c.Constant(_in.W)!;
        var weights = new Int8Weights(w.Bytes, w.Type == DataType.Int8, WeightZeroPoints(c.Node));
        ReadOnlySpan<int> bias = _in.Bias >= 0 && c.Has(_in.Bias) ? c.Constant(_in.Bias)!.AsSpan<int>() : [];
        return c.Kernels.Dense.PrepareConvInt8(g, weights, bias, c.Type(_in.X) == DataType.Int8, XZeroPoint(c.Node), Output(c, c.OutputType()), c.Packed);
    }

    private int XZeroPoint(Node node) => node.Has(_in.XZeroPoint) && node.Constant(_in.XZeroPoint) is { } known ? Quantized.Integers(known)[0] : 0;

    private int[] WeightZeroPoints(Node node) => node.Has(_in.WZeroPoint) ? Quantized.Integers(node.Constant(_in.WZeroPoint)!) : [];

    private void RequireScales(InferContext c, int channels)
    {
        c.RequireType(_in.XScale, DataType.Float32);
        c.RequireType(_in.WScale, DataType.Float32);
        c.RequirePerChannel(_in.XScale, 1, "x_scale");
        c.RequirePerChannel(_in.WScale, channels, "w_scale");
        if (_in.YScale < 0) return;
        c.RequireType(_in.YScale, DataType.Float32);
        c.RequirePerChannel(_in.YScale, 1, "y_scale");
        c.RequirePerChannel(_in.YZeroPoint, 1, "y_zero_point");
    }

    /// <summary>The multiplier is <c>x_scale · w_scale / y_scale</c>, in this order, in float32.</summary>
    private Int8Output Output(PrepareContext c, DataType y)
    {
        if (_in.XScale < 0) return new Int8Output(Int8OutputKind.Int32, [], 0, 0, 0);
        float x = Quantized.Scales(c.Constant(_in.XScale)!)[0];
        float[] scale = Array.ConvertAll(Quantized.Scales(c.Constant(_in.WScale)!), w => x * w);
        if (_in.YScale < 0) return new Int8Output(Int8OutputKind.Float32, scale, 0, 0, 0);
        float yScale = Quantized.Scales(c.Constant(_in.YScale)!)[0];
        scale = Array.ConvertAll(scale, s => s / yScale);
        var (low, high) = Quantized.Range(c.Attributes);
        return new Int8Output(y == DataType.Int8 ? Int8OutputKind.Int8 : Int8OutputKind.UInt8, scale, Quantized.Integers(c.Constant(_in.YZeroPoint)!)[0], low, high);
    }
}
