using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Runtime.Operators.Concat;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Passes;

/// <summary>
/// Convolutions whose channels are concatenated write them among the others at once. Each hands the tensor on to the next, which
/// writes into the same memory; what no convolution computes is copied last.
/// </summary>
internal static class ChannelJoin
{
    private const int Residual = 3, Whole = 4;

    public static void Run(ModelGraph graph)
    {
        foreach (var node in graph.Nodes.ToArray())
            if (node is { Domain: "", OpType: "Concat", Outputs: [{ IsStatic: true, Type: DataType.Float32, Shape.Rank: 3 or 4 } y] }) TryJoin(graph, node, y);
    }

    private static void TryJoin(ModelGraph graph, Node concat, Value y)
    {
        var shape = y.Shape!.Value;
        // In one row, parts are written in place without any of this.
        if (concat.Axis(concat.Attributes.Int("axis"), shape.Rank) != shape.Rank - 1 || shape.Count == 0 || shape.Product(0, shape.Rank - 1) == 1) return;
        var written = new List<(Node Conv, int First)>();
        var copied = new List<(Value Value, int First)>();
        int first = 0;
        foreach (var v in concat.Inputs)
        {
            if (v is not { IsStatic: true }) return;
            if (v.Producer is { } conv && Writes(conv) && graph.OnlyConsumer(v) == concat) written.Add((conv, first));
            else copied.Add((v, first));
            first += v.Shape!.Value[^1];
        }

        if (written.Count == 0) return;
        written.Sort((a, b) => graph.Nodes.IndexOf(a.Conv).CompareTo(graph.Nodes.IndexOf(b.Conv)));
        int position = graph.Nodes.IndexOf(concat);
        graph.Remove(concat);
        Value? whole = null;
        for (int i = 0; i < written.Count; i++)
        {
            var (conv, channel) = written[i];
            AmongChannels.Set(conv, channel, first);
            if (whole is not null) conv.SetInput(Whole, whole);
            whole = i == written.Count - 1 && copied.Count == 0 ? y : graph.AddValue(y.Name, y.Type, shape);
            conv.SetOutput(0, whole);
        }

        if (copied.Count > 0) graph.Nodes.Insert(position, CompletionOperator.Make(graph, whole!, copied, y));
    }

    /// <summary>Whether the node is a convolution over channels-last tensors whose kernel can write some channels of a pixel.</summary>
    private static bool Writes(Node node)
    {
        if (node is not { Domain: "", OpType: "Conv", Inputs: [{ IsStatic: true } x, ..] } || !ConvAttributes.ChannelsLast(node) || AmongChannels.Of(node) is not null) return false;
        if (node.Constant(1) is not { Shape.Rank: 3 or 4 } w || (node.Has(2) && node.Constant(2) is null) || node.Has(Residual)) return false;
        long group = node.Attributes.Int("group", 1);
        return group == 1 || w.Shape[1] > 1;
    }
}
