using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Concat;

/// <summary>
/// What a Concat along the last axis has left to do where some of its parts were written in their places: input 0 is the
/// tensor that holds them, each other input a part, which goes to the columns from <c>firsts</c> on. Made by passes.
/// </summary>
internal sealed class CompletionOperator() : Operator(Name, OperatorCatalog.Internal)
{
    public const string Name = "Completion";

    public static Node Make(ModelGraph graph, Value whole, IReadOnlyList<(Value Value, int First)> parts, Value result) => graph.Make(
        OperatorCatalog.Internal, Name, result.Name, [whole, .. parts.Select(p => p.Value)], [result], ("firsts", parts.Select(p => (long)p.First).ToArray()));

    public override bool CanOverwrite(Node node, int input) => input == 0;

    /// <summary>What other columns hold stays where it is.</summary>
    public override nint? PlaceInOutput(Node node, int input) => input == 0 ? 0 : null;

    public override void Infer(InferContext c)
    {
        for (int i = 0; i < c.InputCount; i++) c.RequireFixedSize(i);
        c.Attributes.Ints("firsts");
        c.Output(0, c.Type(0), c.Shape(0));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var y = c.OutputShape();
        long[] firsts = c.Attributes.Ints("firsts")!;
        int element = c.Type(0).Size();
        var parts = new ConcatExecutor.Part[firsts.Length];
        for (int i = 0; i < parts.Length; i++) parts[i] = new ConcatExecutor.Part(i + 1, (nint)c.Shape(i + 1)[^1] * element, (nint)firsts[i] * element);
        return new ConcatExecutor(parts, y.Product(0, y.Rank - 1), (nint)y[^1] * element, whole: 0);
    }
}
