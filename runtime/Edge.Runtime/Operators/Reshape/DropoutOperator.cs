using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Reshape;

/// <summary>
/// Dropout as inference defines it (opset 7 on): the output is the input, and the mask, where it is wanted, is all true.
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
        if (!c.Wants(1)) return new ViewExecutor("dropout", bytes);
        if (c.OutputType(1) != DataType.Bool) throw c.Node.Error("the mask of opset 7 to 9 is not supported; supported: no mask, or opset 10 and later");
        return new DropoutExecutor(bytes, c.Shape(0).Count);
    }

    private static void RequireInference(InferContext c)
    {
        c.RequireType(2, DataType.Bool);
        var training = c.Constant(2) ?? throw c.Error("a training_mode that a run decides is not supported; supported: false");
        if (training.AsSpan<bool>()[0]) throw c.Error("training_mode true is not supported; supported: false");
    }
}
