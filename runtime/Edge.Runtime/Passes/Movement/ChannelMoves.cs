using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Runtime.Operators.Transpose;
using Edge.Tensors;

namespace Edge.Runtime.Passes.Movement;

/// <summary>
/// What only moves the channels of <c>[N, C, spatial…]</c> — the shuffle of a ShuffleNet, its choice of every other
/// channel — becomes a Slice or one operator, which has a channels-last form; reshapes and transpositions have none.
/// </summary>
internal static class ChannelMoves
{
    public static void Run(ModelGraph graph)
    {
        foreach (var node in graph.Nodes.ToArray())
        {
            if (node is { Domain: "", OpType: "Split" or "Slice" }) TryParts(graph, node);
            if (node is not { Domain: "", Outputs: [{ IsStatic: true } y] } || y.Shape!.Value.Count == 0 || graph.IsOutput(y)) continue;
            if (!StridedView.Moves(node.OpType) || node.Inputs[0] is not { IsStatic: true, IsConstant: false } x) continue;
            if (!TryReplace(graph, node, y, StridedView.Of(y)) && StridedView.IsReshaping(node.OpType)) TryReplace(graph, node, y, StridedView.Of(x));
        }

        DeadNodeElimination.Run(graph);
    }

    /// <param name="graph">The graph.</param>
    /// <param name="node">What makes <paramref name="y"/>.</param>
    /// <param name="y">The result.</param>
    /// <param name="view">Its elements in their order, perhaps under another shape.</param>
    private static bool TryReplace(ModelGraph graph, Node node, Value y, StridedView view)
    {
        if (view.Source == node.Inputs[0] || view.Source == y || Channels(view, y.Shape!.Value) is not { } c) return false;
        if (c is { Counts: [var n], Offset: 0 } && n == view.Source.Shape!.Value[1])
        {
            graph.ReplaceUses(y, view.Source);
            graph.Remove(node);
            return true;
        }

        // Before opset 10 a slice had no step.
        graph.Replace(node, c is { Counts: [var count], Strides: [> 0 and var step] } && (step == 1 || node.Opset >= 10)
            ? Slice(graph, view.Source, y, c.Offset, count, step)
            : ChannelShuffleOperator.Make(graph, view.Source, y, [.. c.Counts], [.. c.Strides], c.Offset));
        return true;
    }

    /// <summary>The view of <c>[N, C, spatial…]</c> as a choice of channels, outermost factor first; null if it is anything else.</summary>
    private static (List<long> Counts, List<long> Strides, long Offset)? Channels(StridedView view, Shape y)
    {
        var x = view.Source.Shape!.Value;
        if (x.Rank < 3 || y.Rank != x.Rank || x[0] != y[0] || !x.Dims[2..].SequenceEqual(y.Dims[2..])) return null;
        int batch = x[0], pixels = x.Product(2, x.Rank);
        int channels = y[1];
        if (batch * channels * pixels == 0) return null;
        // Axes of 1 aside: the batch, then factors of the channels, then the pixels.
        var axes = view.Dims.Select((d, i) => (Count: (long)d, Stride: view.Strides[i])).Where(a => a.Count != 1).ToList();
        long run = 1;
        while (run < pixels)
        {
            if (axes.Count == 0 || axes[^1].Stride != run || pixels % (run * axes[^1].Count) != 0) return null;
            run *= axes[^1].Count;
            axes.RemoveAt(axes.Count - 1);
        }

        if (batch > 1)
        {
            if (axes.Count == 0 || axes[0] != (batch, (long)x[1] * pixels)) return null;
            axes.RemoveAt(0);
        }

        if (view.Offset % pixels != 0 || axes.Exists(a => a.Stride % pixels != 0) || axes.Aggregate(1L, (p, a) => p * a.Count) != channels) return null;
        if (axes.Count == 0) axes.Add((1, pixels));
        for (int i = axes.Count - 2; i >= 0; i--)
        {
            if (axes[i].Stride != axes[i + 1].Count * axes[i + 1].Stride) continue;
            axes[i] = (axes[i].Count * axes[i + 1].Count, axes[i + 1].Stride);
            axes.RemoveAt(i + 1);
        }

        return ([.. axes.Select(a => a.Count)], [.. axes.Select(a => a.Stride / pixels)], view.Offset / pixels);
    }

    /// <summary>Parts of shuffled channels are shuffled themselves, instead of copied twice.</summary>
    private static void TryParts(ModelGraph graph, Node node)
    {
        if (node.Inputs[0] is not { Producer: { OpType: ChannelShuffleOperator.Name, Domain: OperatorCatalog.Internal } shuffle } x) return;
        if (graph.IsOutput(x) || x.Consumers.Any(n => n is not { Domain: "", OpType: "Slice" or "Split" })) return;
        long[] counts = shuffle.Attributes.Ints("counts")!, strides = shuffle.Attributes.Ints("strides")!;
        long inner = counts.Skip(1).Aggregate(1L, (p, n) => p * n), offset = shuffle.Attributes.Int("offset");
        var parts = new List<Node>();
        foreach (var v in node.Outputs)
        {
            if (v is not { IsStatic: true } || v.Shape!.Value.Count == 0) return;
            var view = StridedView.Of(v);
            if (view.Source != x || Channels(view, v.Shape.Value) is not { Counts: [var n], Strides: [1], Offset: var start } || n % inner != 0 || start % inner != 0) return;
            parts.Add(ChannelShuffleOperator.Make(graph, shuffle.Inputs[0]!, v, [n / inner, .. counts[1..]], strides, offset + start / inner * strides[0]));
        }

        foreach (var part in parts) graph.InsertBefore(node, part);
        graph.Remove(node);
    }

    private static Node Slice(ModelGraph graph, Value x, Value y, long start, long count, long step)
    {
        var node = graph.Make("", "Slice", y.Name, [x], [y]);
        node.SetIntList(graph, "starts", 10, 1, [start]);
        node.SetIntList(graph, "ends", 10, 2, [start + (count - 1) * step + 1]);
        node.SetIntList(graph, "axes", 10, 3, [1]);
        if (node.Opset >= 10) node.SetIntList(graph, "steps", 10, 4, [step]);
        return node;
    }
}
