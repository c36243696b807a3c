using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Runtime.Operators.Resize;
using Edge.Runtime.Passes.Qdq;
using Edge.Tensors;

namespace Edge.Runtime.Passes;

/// <summary>
/// A linear or cubic Resize and what makes less of its many numbers: bytes, places of the greatest channel, or both. After the
/// layout, when channels are the last axis.
/// </summary>
internal static class ResizedRowsFusion
{
    public static void Run(ModelGraph graph)
    {
        foreach (var node in graph.Nodes.ToArray())
            if (node is { Domain: "", OpType: "Resize" or "Upsample", Inputs: [{ IsStatic: true, Type: DataType.Float32 }, ..], Outputs: [{ IsStatic: true, Shape: { Rank: > 0, Count: > 0 } } y] }) TryFuse(graph, node, y);
    }

    private static void TryFuse(ModelGraph graph, Node resize, Value y)
    {
        var attributes = ResizeAttributes.Read(resize);
        if (attributes.Mode == ResizeMode.Nearest || attributes.Coordinates == CoordinateMode.CropAndResize) return;
        List<Node> stages = [resize];
        if (graph.OnlyConsumer(y) is { OpType: "QuantizeLinear" } quantize && quantize.Has(2) && Affine8.Quantized(quantize) is not null) stages.Add(quantize);
        // Channels are those of the input, so that every row that is made has all of them.
        if (ResizeOperator.KeepsLastAxis(resize) && graph.OnlyConsumer(stages[^1].Outputs[0]!) is { Domain: "", OpType: "ArgMax" or "ArgMin", Outputs: [{ IsStatic: true }] } arg
            && arg.Axis(arg.Attributes.Int("axis", 0), y.Shape!.Value.Rank) == y.Shape.Value.Rank - 1) stages.Add(arg);
        if (stages.Count == 1) return;
        int at = graph.Nodes.IndexOf(stages[^1]);
        foreach (var stage in stages) stage.BecomePart();
        graph.Nodes[at] = ResizedRowsOperator.Make(graph, stages);
        foreach (var stage in stages) graph.Nodes.Remove(stage);
    }
}
