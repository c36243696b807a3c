using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Labels;

/// <summary>CategoryMapper: strings to integers, or integers to strings, by two parallel lists.</summary>
internal sealed class CategoryMapperOperator() : Operator("CategoryMapper", OperatorCatalog.MachineLearning, 1, OperatorCatalog.LatestMachineLearning)
{
    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.String, DataType.Int64);
        Read(c.Node);
        c.Output(0, c.Type(0) == DataType.String ? DataType.Int64 : DataType.String, c.Shape(0));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var (texts, integers, text, integer) = Read(c.Node);
        return c.Type(0) == DataType.String
            ? new LookupExecutor(new KeyTable(texts), integers, integer, DataType.String, c.Shape(0).Count)
            : new LookupExecutor(new KeyTable(integers), texts, text, DataType.Int64, c.Shape(0).Count);
    }

    private static (Tensor Texts, Tensor Integers, Tensor Text, Tensor Integer) Read(Node node)
    {
        var a = node.Attributes;
        string[] texts = a.Strings("cats_strings") ?? [];
        long[] integers = a.Ints("cats_int64s") ?? [];
        if (texts.Length != integers.Length) throw node.Error($"there are {texts.Length} cats_strings and {integers.Length} cats_int64s");
        return (Operators.Texts.Tensor(new Shape(texts.Length), texts, node.Path), Tensor.Create<long>(new Shape(integers.Length), integers),
            Operators.Texts.Tensor(Shape.Scalar, [a.String("default_string", "_Unused")], node.Path), Tensor.Create<long>(Shape.Scalar, [a.Int("default_int64", -1)]));
    }
}
