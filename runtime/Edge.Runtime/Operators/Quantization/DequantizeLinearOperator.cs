using Edge.Kernels.Quantize;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Quantization;

/// <summary>DequantizeLinear to float32, with one scale or one for each channel.</summary>
internal sealed class DequantizeLinearOperator(string domain = "", int minOpset = 10) : Operator("DequantizeLinear", domain, minOpset, OperatorCatalog.LatestOpset)
{
    public override LayoutRole Layout => LayoutRole.Follows;

    public override bool TakesLayout(Node node, int input) => input == 0;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.UInt8, DataType.Int8, DataType.UInt16, DataType.Int16, DataType.Int32);
        if (c.Attributes.Int("output_dtype", 0) is not (0 or (long)DataType.Float32) and var asked)
            throw c.Error($"dequantizing to {((DataType)asked).OnnxName()} is not supported; supported: float");
        QuantizationAttributes.Validate(c, c.Type(0));
        c.Output(0, DataType.Float32, c.Shape(0));
    }

    public override bool ToChannelsLast(Node node, ModelGraph graph, int rank) => QuantizationAttributes.ToChannelsLast(node, rank);

    public override Executor Prepare(PrepareContext c)
    {
        var blocks = Blocks.Read(c.Node, c.Shape(0));
        return new DequantizeExecutor(c.Kernels.Quantize, c.Type(0), blocks?.Layout ?? QuantizationAttributes.Layout(c), blocks);
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
