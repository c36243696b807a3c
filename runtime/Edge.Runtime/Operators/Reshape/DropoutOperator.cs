using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Cast;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Reshape;

/// <summary>
/// Dropout as inference defines it (opset 7 on): the output is the input, and the mask, where it is wanted, is all true (before opset 10: ones of the input's type).
/// </summary>
internal sealed class DropoutOperator() : Operator("Dropout", "", 7, OperatorCatalog.LatestOpset)
{
    public override HalfRole Halves(Node node) => HalfRole.Moves;

    public override LayoutRole Layout => LayoutRole.Follows;

    public override bool TakesLayout(Node node, int input) => input == 0;

    public override int ViewOfInput(Node node) => node.Outputs.Count > 1 && node.Outputs[1] is not null ? -1 : 0;

    public override void Infer(InferContext c)
    {
        c.RequireFixedSize(0);
        if (c.Opset < 12) c.Attributes.Float("ratio", 0.5f);
        else c.Attributes.Int("seed", 0);
        if (c.Has(2)) RequireInference(c);
        c.Output(0, c.Type(0), c.Shape(0));
        c.Output(1, c.Opset < 10 ? c.Type(0) : DataType.Bool, c.Shape(0));
    }

    public override Executor Prepare(PrepareContext c)
    {
        nint bytes = (nint)c.Shape(0).Count * c.Type(0).Size();
        return c.Wants(1) ? new DropoutExecutor(bytes, ElementCast.One(c.OutputType(1)), c.Shape(0).Count) : new ViewExecutor("dropout", bytes);
    }

    private static void RequireInference(InferContext c)
    {
        c.RequireType(2, DataType.Bool);
        var training = c.Constant(2) ?? throw c.Error("a training_mode that a run decides is not supported; supported: false");
        if (training.AsSpan<bool>()[0]) throw c.Error("training_mode true is not supported; supported: false");
    }
}
