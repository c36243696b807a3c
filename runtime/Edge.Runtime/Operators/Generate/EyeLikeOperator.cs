using Edge.Runtime.Operators.Cast;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Generate;

/// <summary>EyeLike: ones on diagonal <c>k</c> of a matrix of the input's shape, of type <c>dtype</c> or the input's.</summary>
internal sealed class EyeLikeOperator() : Operator("EyeLike", "", 9, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Graph.Node node) => HalfRole.Keeps;

    public override void Infer(InferContext c)
    {
        c.RequireRank(0, 2, 2);
        c.RequireNumbers(0);
        long dtype = c.Attributes.Int("dtype", (long)c.Type(0));
        if (dtype is < 0 or > byte.MaxValue || ((DataType)dtype).Size() == 0 || dtype == (long)DataType.String) throw c.Error($"dtype {dtype} is not supported; supported: numbers and bool");
        c.Attributes.Int("k", 0);
        c.Output(0, (DataType)dtype, c.Shape(0));
    }

    public override Executor Prepare(PrepareContext c) => new EyeLikeExecutor(c.Shape(0), c.Attributes.Int("k", 0), ElementCast.One(c.OutputType()));
}
