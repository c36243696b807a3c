using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Constants;

/// <summary>Constant: a tensor, a number, a string or a list of them.</summary>
internal sealed class ConstantOperator() : Operator("Constant", "", 1, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Node node) => HalfRole.Keeps;

    public override void Infer(InferContext c)
    {
        var value = Read(c.Node);
        c.Output(0, value.Type, value.Shape);
    }

    public override Tensor? Fold(Node node) => Read(node);

    public override Executor Prepare(PrepareContext c) => new KnownExecutor("constant", Read(c.Node));

    private static Tensor Read(Node node)
    {
        var a = node.Attributes;
        var given = new List<Tensor>();
        if (a.Tensor("value") is { } tensor) given.Add(tensor);
        if (a.Has("value_int")) given.Add(Scalar(a.Int("value_int")));
        if (a.Has("value_float")) given.Add(Scalar(a.Float("value_float")));
        if (a.Ints("value_ints") is { } ints) given.Add(Tensor.Create<long>(new Shape(ints.Length), ints));
        if (a.Floats("value_floats") is { } floats) given.Add(Tensor.Create<float>(new Shape(floats.Length), floats));
        if (a.Has("value_string")) given.Add(Texts.Tensor(Shape.Scalar, [a.String("value_string")], node.Path));
        if (a.Strings("value_strings") is { } strings) given.Add(Texts.Tensor(new Shape(strings.Length), strings, node.Path));
        if (given.Count != 1)
            throw node.Error("one of value, value_int, value_ints, value_float, value_floats, value_string and value_strings is needed; sparse tensors are not supported");
        return given[0];
    }

    private static Tensor Scalar<T>(T value) where T : unmanaged => Tensor.Create<T>(Shape.Scalar, [value]);
}
