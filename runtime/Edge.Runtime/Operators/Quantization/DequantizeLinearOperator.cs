using Edge.Kernels.Quantize;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Quantization;

/// <summary>DequantizeLinear, with one scale, or one for each channel or block.</summary>
internal sealed class DequantizeLinearOperator(string domain = "", int minOpset = 10) : Operator("DequantizeLinear", domain, minOpset, OperatorCatalog.LatestOpset)
{
    public override LayoutRole Layout => LayoutRole.Follows;

    public override bool TakesLayout(Node node, int input) => input == 0;

    /// <summary>What <c>output_dtype</c> states; the type of the scale where that is left out.</summary>
    public override DataType ResultType(Node node, int output) =>
        QuantizationAttributes.TypeAttribute(node, "output_dtype") is var asked and not DataType.Undefined ? asked : node.Input(1)?.Type ?? DataType.Float32;

    public override void Infer(InferContext c)
    {
        if (c.InputCount > 3) throw c.Error($"the node has {c.InputCount} inputs; the operator takes 3");
        c.RequireType(0, DataType.UInt8, DataType.Int8, DataType.UInt16, DataType.Int16, DataType.Int32, DataType.UInt4, DataType.Int4, DataType.UInt2, DataType.Int2);
        var asked = QuantizationAttributes.TypeAttribute(c.Node, "output_dtype");
        if (asked is not (DataType.Undefined or DataType.Float32) && !asked.IsHalf())
            throw c.Error($"dequantizing to {asked.OnnxName()} is not supported; supported: float, float16, bfloat16");
        QuantizationAttributes.Validate(c, c.Type(0));
        c.Output(0, DataType.Float32, c.Shape(0));
    }

    public override bool ToChannelsLast(Node node, ModelGraph graph, int rank) => QuantizationAttributes.ToChannelsLast(node, rank);

    public override Executor Prepare(PrepareContext c)
    {
        var blocks = Blocks.Read(c.Node, c.Shape(0));
        return new DequantizeExecutor(c.Kernels.Quantize, c.Type(0).Unpacked(), blocks?.Layout ?? QuantizationAttributes.Layout(c), blocks);
    }
}

internal sealed unsafe class DequantizeExecutor(QuantizeKernels kernels, DataType type, ChannelLayout layout, Blocks? blocks) : Executor
{
    public override string Kernel => $"dequantize_{Kernels.Elementwise.ElementwiseKernels.TypeName(type)}_{kernels.Isa}";

    /// <summary>Zero points, and behind them the scales where blocks share them.</summary>
    public override nint ScratchBytes => layout.Channels * (sizeof(int) + (blocks is null ? 0 : sizeof(float)));

    public override void Execute(in StepContext c)
    {
        var zero = (int*)c.Scratch;
        float* scale = c.Input<float>(1);
        for (nint i = 0; i < layout.Channels; i++) zero[i] = Integers.At(type, c.Input<byte>(2), blocks?.ScaleOf(i) ?? i);
        if (blocks is not null)
        {
            float* each = (float*)(zero + layout.Channels);
            for (nint i = 0; i < layout.Channels; i++) each[i] = scale[blocks.ScaleOf(i)];
            scale = each;
        }

        kernels.Dequantize(c.Input<byte>(0), type, c.Output<float>(0), layout, scale, zero, c.Pool);
    }
}
