using Edge.Kernels.Quantize;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Quantization;

/// <summary>QuantizeLinear of float32, with one scale or one for each channel.</summary>
internal sealed class QuantizeLinearOperator(string domain = "", int minOpset = 10) : Operator("QuantizeLinear", domain, minOpset, OperatorCatalog.LatestOpset)
{
    public override LayoutRole Layout => LayoutRole.Follows;

    public override bool TakesLayout(Node node, int input) => input == 0;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32);
        long asked = c.Attributes.Int("output_dtype", 0);
        var type = c.Has(2) ? c.Type(2) : asked != 0 ? (DataType)asked : DataType.UInt8;
        if (type is not (DataType.UInt8 or DataType.Int8 or DataType.UInt16 or DataType.Int16))
            throw c.Error($"quantizing to {type.OnnxName()} is not supported; supported: uint8, int8, uint16, int16");
        if (asked != 0 && (DataType)asked != type) throw c.Error($"output_dtype is {((DataType)asked).OnnxName()}, the zero point is {type.OnnxName()}");
        // Both concern other types: saturation of float8, and the division in float16.
        c.Attributes.Int("saturate", 1);
        if (c.Attributes.Int("precision", 0) is not (0 or (long)DataType.Float32) and var precision)
            throw c.Error($"precision {((DataType)precision).OnnxName()} is not supported; supported: float");
        QuantizationAttributes.Validate(c, type);
        c.Output(0, type, c.Shape(0));
    }

    public override bool ToChannelsLast(Node node, ModelGraph graph, int rank) => QuantizationAttributes.ToChannelsLast(node, rank);

    public override Executor Prepare(PrepareContext c)
    {
        var blocks = Blocks.Read(c.Node, c.Shape(0));
        return new QuantizeExecutor(c.Kernels.Quantize, c.OutputType(), blocks?.Layout ?? QuantizationAttributes.Layout(c), blocks);
    }
}

internal sealed unsafe class QuantizeExecutor(QuantizeKernels kernels, DataType type, ChannelLayout layout, Blocks? blocks) : Executor
{
    public override string Kernel => $"quantize_{Kernels.Elementwise.ElementwiseKernels.TypeName(type)}_{kernels.Isa}";

    /// <summary>Zero points, and behind them the scales where blocks share them.</summary>
    public override nint ScratchBytes => layout.Channels * (sizeof(float) + (blocks is null ? 0 : sizeof(float)));

    public override void Execute(in StepContext c)
    {
        var zero = (float*)c.Scratch;
        float* scale = c.Input<float>(1);
        for (nint i = 0; i < layout.Channels; i++) zero[i] = Integers.At(type, c.Input<byte>(2), blocks?.ScaleOf(i) ?? i);
        if (blocks is not null)
        {
            float* each = (float*)(zero + layout.Channels);
            for (nint i = 0; i < layout.Channels; i++) each[i] = scale[blocks.ScaleOf(i)];
            scale = each;
        }

        kernels.Quantize(c.Input<float>(0), c.Output<byte>(0), type, layout, scale, zero, c.Pool);
    }
}
