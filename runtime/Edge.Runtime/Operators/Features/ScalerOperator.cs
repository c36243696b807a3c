using Edge.Kernels.Elementwise;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Cast;
using Edge.Runtime.Operators.Scores;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Features;

/// <summary>
/// Scaler: <c>(x − offset) · scale</c>, with one offset and scale for all features or one for each. Computed in float64 for
/// float64 input; the result is float32.
/// </summary>
internal sealed class ScalerOperator() : Operator("Scaler", OperatorCatalog.MachineLearning, 1, OperatorCatalog.LatestMachineLearning)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, FeatureRows.Types);
        c.RequireRank(0, 1);
        int features = c.Shape(0)[^1];
        foreach (string name in (ReadOnlySpan<string>)["offset", "scale"])
            if (Values(c.Node, name).Length is not 1 and var n && n != features) throw c.Error($"{name} holds {n} numbers; one, or one for each of the {features} features, is needed");
        c.Output(0, DataType.Float32, c.Shape(0));
    }

    public override Executor Prepare(PrepareContext c)
    {
        float[] offset = Values(c.Node, "offset"), scale = Values(c.Node, "scale");
        var computed = c.Type(0) == DataType.Float64 ? DataType.Float64 : DataType.Float32;
        return new ScalerExecutor(
            c.Kernels.Elementwise.Binary(BinaryFunction.Sub, computed)!, c.Kernels.Elementwise.Binary(BinaryFunction.Mul, computed)!,
            c.Shape(0), c.Type(0), Of(offset, computed), Of(scale, computed));
    }

    private static float[] Values(Node node, string name) => node.Attributes.Floats(name) is { Length: > 0 } values ? values : [name == "scale" ? 1 : 0];

    private static Tensor Of(float[] values, DataType type) => type == DataType.Float32
        ? Tensor.Create<float>(new Shape(values.Length), values)
        : Tensor.Create<double>(new Shape(values.Length), Array.ConvertAll(values, v => (double)v));
}

internal sealed unsafe class ScalerExecutor(BinaryKernel subtract, BinaryKernel multiply, Shape shape, DataType type, Tensor offset, Tensor scale) : Executor
{
    private readonly Broadcast _minus = Broadcast.To(shape, shape, offset.Shape);
    private readonly Broadcast _times = Broadcast.To(shape, shape, scale.Shape);

    public override string Kernel => "scaler";

    public override nint ScratchBytes => type == DataType.Float64 ? (nint)shape.Count * sizeof(double) : 0;

    public override void Execute(in StepContext c)
    {
        void* x = c.Input<byte>(0), y = c.Output<byte>(0);
        void* z = type == DataType.Float64 ? c.Scratch : y;
        if (type is DataType.Int32 or DataType.Int64)
        {
            ElementCast.Find(type, DataType.Float32)(x, y, shape.Count);
            x = y;
        }

        subtract.Run(x, offset.Data, z, _minus, c.Pool);
        multiply.Run(z, scale.Data, z, _times, c.Pool);
        if (z != y) ElementCast.Find(DataType.Float64, DataType.Float32)(z, y, shape.Count);
    }
}
