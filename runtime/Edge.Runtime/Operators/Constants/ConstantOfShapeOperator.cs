using Edge.Tensors;

namespace Edge.Runtime.Operators.Constants;

/// <summary>ConstantOfShape: a tensor of the given shape, filled with one value; float 0 without <c>value</c>.</summary>
internal sealed class ConstantOfShapeOperator() : Operator("ConstantOfShape", "", 9, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Graph.Node node) => HalfRole.Keeps;

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Int64, DataType.Int32);
        var value = Value(c.Attributes);
        if (value.Count != 1) throw c.Error($"value has {value.Count} elements; it must have one");
        if (c.ConstantInts(0) is not { } dims) c.DataDependent(0, value.Type);
        else c.Output(0, value.Type, new Shape(Array.ConvertAll(dims, d => checked((int)d))));
    }

    public override Executor Prepare(PrepareContext c) => new FillExecutor(Value(c.Attributes), c.OutputShape().Count);

    private static Tensor Value(Graph.NodeAttributes attributes) => attributes.Tensor("value") ?? Tensor.Create<float>(new Shape(1));
}
