using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Passes;

/// <summary>
/// Pointwise convolutions of few channels that read one tensor, as the heads of detectors are, become one convolution, whose result
/// is split: each of them alone leaves most columns of a register tile empty. Depthwise convolutions that follow each of them become
/// one, too.
/// </summary>
internal static class SiblingFusion
{
    private const int Weights = 1, Bias = 2, ChannelAxis = 1;

    /// <summary>Half a register tile where they are widest: two of them fit into one.</summary>
    private const int Few = 16;

    /// <summary>Readers of a tensor that are looked through: far more than a detector has heads, few enough that a graph made to be compared with itself is passed over.</summary>
    private const int MostReaders = 64;

    /// <summary>First version of Split that takes the sizes as an input.</summary>
    private const int SizesAreInput = 13;

    public static void Run(ModelGraph graph)
    {
        foreach (var first in graph.Nodes.ToArray())
        {
            if (first.Inputs is not [{ Consumers.Count: > 1 and <= MostReaders } x, ..] || !IsCandidate(graph, first)) continue;
            Node[] siblings = [.. x.Consumers.Distinct().Where(n => IsCandidate(graph, n) && n.Inputs[0] == x && SameAttributes(first, n)).OrderBy(graph.Nodes.IndexOf)];
            if (siblings.Length < 2 || siblings[0] != first || siblings.Sum(Channels) > 2 * Few) continue;
            Value[] results = [.. siblings.Select(n => n.Outputs[0]!)];
            var y = Join(graph, siblings, x, graph.Nodes.IndexOf(first));
            Node?[] next = Array.ConvertAll(results, r => graph.OnlyConsumer(r));
            if (next is [{ } lead, ..] && Array.TrueForAll(next, n => n is not null && IsDepthwise(n) && SameAttributes(lead, n)))
            {
                Node[] depthwise = Array.ConvertAll(next, n => n!);
                results = [.. depthwise.Select(n => n.Outputs[0]!)];
                y = Join(graph, depthwise, y, graph.Nodes.IndexOf(y.Producer!) + 1, depthwise: true);
            }

            Split(graph, y, results);
        }
    }

    /// <summary>A float32 convolution with constant weights and no more operands than a bias, over pictures or lines.</summary>
    private static bool IsPlain(Node node) =>
        node is { Domain: "", OpType: "Conv", Inputs: [{ IsStatic: true, Type: DataType.Float32, IsConstant: false }, ..], Outputs: [{ IsStatic: true }] }
            && node.Constant(Weights) is { Type: DataType.Float32, Count: > 0 } && (!node.Has(Bias) || node.Constant(Bias) is not null)
            && node.Inputs.Skip(Bias + 1).All(v => v is null);

    /// <summary>Those that are concatenated write where they are.</summary>
    private static bool IsCandidate(ModelGraph graph, Node node) => IsNarrow(node) && graph.OnlyConsumer(node.Outputs[0]!) is not { OpType: "Concat" };

    private static bool IsNarrow(Node node) =>
        IsPlain(node) && Channels(node) <= Few && node.Attributes.Int("group", 1) == 1 && node.Constant(Weights)!.Shape is { Rank: > 2 } w && w.Product(2, w.Rank) == 1;

    private static bool IsDepthwise(Node node) =>
        IsPlain(node) && node.Attributes.Int("group", 1) == Channels(node) && node.Inputs[0]!.Shape!.Value[ChannelAxis] == Channels(node);

    private static int Channels(Node node) => node.Constant(Weights)!.Shape[0];

    /// <summary>Whether two nodes differ in nothing but operands and the number of groups.</summary>
    private static bool SameAttributes(Node a, Node b)
    {
        if (a.Constant(Weights)!.Shape.Dims[2..].SequenceEqual(b.Constant(Weights)!.Shape.Dims[2..]) is false || a.Opset != b.Opset) return false;
        var others = b.Attributes.All.Where(p => p.Key != "group").ToDictionary();
        var own = a.Attributes.All.Where(p => p.Key != "group").ToArray();
        return own.Length == others.Count && Array.TrueForAll(own, p => others.TryGetValue(p.Key, out var other) && Same(p.Value, other));
    }

    private static bool Same(object a, object b) => (a, b) switch
    {
        (long[] x, long[] y) => x.AsSpan().SequenceEqual(y),
        (float[] x, float[] y) => x.AsSpan().SequenceEqual(y),
        _ => a.Equals(b),
    };

    /// <summary>Puts one convolution in the place of several, at <paramref name="position"/>, and returns its result, in which theirs follow each other.</summary>
    private static Value Join(ModelGraph graph, Node[] nodes, Value x, int position, bool depthwise = false)
    {
        int channels = nodes.Sum(Channels);
        string name = nodes[0].Name;
        int[] dims = nodes[0].Constant(Weights)!.Shape.ToArray(), shape = nodes[0].Outputs[0]!.Shape!.Value.ToArray();
        dims[0] = shape[ChannelAxis] = channels;
        Value?[] inputs = [x, graph.AddConstant(name + ".weights", Joined(nodes, Weights, new Shape(dims))), null];
        if (Array.Exists(nodes, n => n.Has(Bias))) inputs[Bias] = graph.AddConstant(name + ".bias", Joined(nodes, Bias, new Shape(channels)));
        var y = graph.AddValue(name, DataType.Float32, new Shape(shape));
        var joined = graph.Make("", "Conv", name, inputs, [y]);
        nodes[0].Attributes.CopyTo(joined.Attributes);
        if (depthwise) joined.Attributes.Set("group", (long)channels);
        foreach (var node in nodes)
        {
            var result = node.Outputs[0]!;
            if (graph.Nodes.IndexOf(node) < position) position--;
            graph.Remove(node);
            result.Producer = null;
        }

        graph.Nodes.Insert(position, joined);
        return y;
    }

    /// <summary>One operand of all, one behind the other; zeros of those that have none.</summary>
    private static Tensor Joined(Node[] nodes, int input, Shape shape)
    {
        var all = Tensor.Create<float>(shape);
        int each = shape.Count / shape[0], at = 0;
        foreach (var node in nodes)
        {
            if (node.Constant(input) is { } operand) operand.AsSpan<float>().CopyTo(all.AsSpan<float>()[(at * each)..]);
            at += Channels(node);
        }

        return all;
    }

    private static void Split(ModelGraph graph, Value y, Value[] results)
    {
        long[] sizes = [.. results.Select(r => (long)r.Shape!.Value[ChannelAxis])];
        bool input = graph.Opsets.GetValueOrDefault("", 1) >= SizesAreInput;
        var split = graph.Make("", "Split", y.Name, input ? [y, graph.AddConstant(y.Name + ".sizes", Tensor.Create<long>(new Shape(sizes.Length), sizes))] : [y], results, ("axis", (long)ChannelAxis));
        if (!input) split.Attributes.Set("split", sizes);
        graph.InsertAfter(y.Producer!, split);
    }
}
