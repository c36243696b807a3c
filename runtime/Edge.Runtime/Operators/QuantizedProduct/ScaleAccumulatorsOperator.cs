using Edge.Kernels.Quantize;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.QuantizedProduct;

/// <summary>
/// Accumulators of an integer product as real numbers: input 0, int32, times input 1, one number or one for each index of the
/// last axis, plus input 2, if given one for each, between the attributes <c>low</c> and <c>high</c>. Made by passes of Cast, Mul, Add and Clip.
/// </summary>
internal sealed class ScaleAccumulatorsOperator() : Operator(Name, OperatorCatalog.Internal)
{
    public const string Name = "ScaleAccumulators";

    public static Node Make(ModelGraph graph, Value accumulators, Value scale, Value? bias, float low, float high, Value result) =>
        graph.Make(OperatorCatalog.Internal, Name, result.Name, bias is null ? [accumulators, scale] : [accumulators, scale, bias], [result], ("low", low), ("high", high));

    public override bool CanOverwrite(Node node, int input) => input == 0;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Int32);
        c.RequireType(1, DataType.Float32);
        c.Attributes.Float("low");
        c.Attributes.Float("high");
        c.Output(0, DataType.Float32, c.Shape(0));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var x = c.Shape(0);
        int columns = x[^1];
        return new ScaleAccumulatorsExecutor(c.Kernels.Quantize, columns == 0 ? 0 : x.Count / columns, columns, c.Shape(1).Count == 1, c.Has(2), c.Attributes.Float("low"), c.Attributes.Float("high"));
    }
}

internal sealed unsafe class ScaleAccumulatorsExecutor(QuantizeKernels quantize, nint rows, int columns, bool oneScale, bool hasBias, float low, float high) : Executor
{
    public override string Kernel => "scale_accumulators";

    public override nint ScratchBytes => oneScale ? columns * sizeof(float) : 0;

    public override void Execute(in StepContext c)
    {
        float* scale = c.Input<float>(1);
        if (oneScale)
        {
            new Span<float>(c.Scratch, columns).Fill(*scale);
            scale = (float*)c.Scratch;
        }

        quantize.ScaleAccumulators(c.Input<int>(0), c.Output<float>(0), rows, columns, scale, hasBias ? c.Input<float>(2) : null, low, high, c.Pool);
    }
}
