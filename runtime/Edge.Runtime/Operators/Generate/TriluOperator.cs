using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Generate;

/// <summary>Trilu: the part of each matrix on and above diagonal k, or on and below it if <c>upper</c> is 0; the rest is zero.</summary>
internal sealed class TriluOperator() : Operator("Trilu", "", 14, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Node node) => HalfRole.Moves;

    public override bool CanOverwrite(Node node, int input) => input == 0;

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        c.RequireRank(0, 2);
        c.Attributes.Int("upper", 1);
        if (c.Has(1))
        {
            c.RequireType(1, DataType.Int64);
            if (c.Shape(1).Count != 1) throw c.Error($"k has shape {c.Shape(1)}; it must be one number");
        }

        c.Output(0, c.Type(0), c.Shape(0));
    }

    public override Executor Prepare(PrepareContext c) =>
        new TriluExecutor(c.Shape(0), c.Type(0).Size(), c.Attributes.Int("upper", 1) != 0, c.Has(1) ? 1 : -1);
}
