using Edge.Kernels.Quantize;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Quantization;

/// <summary>
/// QuantizeLinear, with one scale, or one for each channel or block. The division is one of float32, also where the input is
/// of half precision or <c>precision</c> asks for that.
/// </summary>
internal sealed class QuantizeLinearOperator(string domain = "", int minOpset = 10) : Operator("QuantizeLinear", domain, minOpset, OperatorCatalog.LatestOpset)
{
    public override LayoutRole Layout => LayoutRole.Follows;

    public override bool TakesLayout(Node node, int input) => input == 0;

    public override void Infer(InferContext c)
    {
        if (c.InputCount > 3) throw c.Error($"the node has {c.InputCount} inputs; the operator takes 3");
        c.RequireType(0, DataType.Float32);
        var asked = QuantizationAttributes.TypeAttribute(c.Node, "output_dtype");
        var type = c.Has(2) ? c.Type(2) : asked != DataType.Undefined ? asked : DataType.UInt8;
        if (type.Unpacked() is not (DataType.UInt8 or DataType.Int8 or DataType.UInt16 or DataType.Int16))
            throw c.Error($"quantizing to {type.OnnxName()} is not supported; supported: uint8, int8, uint16, int16, uint4, int4, uint2, int2");
        if (asked != DataType.Undefined && asked != type) throw c.Error($"output_dtype is {asked.OnnxName()}, the zero point is {type.OnnxName()}");
        // Saturation concerns float8.
        c.Attributes.Int("saturate", 1);
        var precision = QuantizationAttributes.TypeAttribute(c.Node, "precision");
        if (precision is not (DataType.Undefined or DataType.Float32) && !precision.IsHalf())
            throw c.Error($"precision {precision.OnnxName()} is not supported; supported: float, float16, bfloat16");
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

        byte* y = c.Output<byte>(0);
        kernels.Quantize(c.Input<float>(0), y, type.Unpacked(), layout, scale, zero, c.Pool);
        if (type.PackedBits() > 0) Narrow(y, layout.Count);
    }

    /// <summary>What was saturated to 8 bits is saturated to fewer.</summary>
    private void Narrow(byte* y, nint count)
    {
        int bits = type.PackedBits();
        if (type.Unpacked() == DataType.UInt8)
        {
            for (nint i = 0; i < count; i++) y[i] = Math.Min(y[i], (byte)((1 << bits) - 1));
            return;
        }

        sbyte low = (sbyte)(-1 << (bits - 1)), high = (sbyte)~low;
        for (nint i = 0; i < count; i++) ((sbyte*)y)[i] = Math.Clamp(((sbyte*)y)[i], low, high);
    }
}
