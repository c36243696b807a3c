using Edge.Onnx;
using Edge.Quantization.Rewrite;
using Edge.Quantization.Rewrite.Preparation;
using Edge.Tensors;

namespace Edge.Quantization.Equalization;

/// <summary>
/// Divides the values of a graph into sets whose channels scale together. A set ends at linear layers (and begins at
/// normalizations with constant scales, too); a value that anything else writes or reads is in none.
/// </summary>
internal sealed class ChannelSets
{
    private readonly OnnxGraph _graph;
    private readonly TensorFacts _facts;
    private readonly Dictionary<string, (Group Group, int Axis)> _values = [];
    private readonly List<Group> _groups = [];
    private readonly List<ScaledLayer> _layers = [];

    private ChannelSets(OnnxGraph graph, TensorFacts facts) => (_graph, _facts) = (graph, facts);

    /// <summary>Sets with a producer and a consumer, in graph order.</summary>
    public required IReadOnlyList<ChannelSet> Sets { get; init; }

    /// <summary>The channel axis of a value of a set.</summary>
    public int Axis(string value) => _values[value].Axis;

    public static ChannelSets Of(OnnxGraph graph, TensorFacts facts)
    {
        var builder = new ChannelSets(graph, facts) { Sets = [] };
        foreach (NodeProto node in graph.Nodes) builder.Visit(node);
        foreach (string value in builder._values.Keys)
            if (graph.IsOutput(value) || graph.IsCaptured(value)) builder.Pin(value);
        foreach ((string value, (Group group, _)) in builder._values) group.Root.Set.Values.Add(value);
        ChannelSet[] sets =
        [
            .. builder._groups.Where(g => g.Root == g && !g.Pinned).Select(g => g.Set)
                .Where(s => s.Consumers.Count > 0 && s.Producers.Count + s.Constants.Count > 0),
        ];
        var result = new ChannelSets(graph, facts) { Sets = sets };
        foreach ((string value, (Group, int) entry) in builder._values) result._values[value] = entry;
        result._layers.AddRange(builder._layers);
        return result;
    }

    /// <summary>Puts the scaled weights and constants into the graph.</summary>
    public void Write()
    {
        foreach (ScaledLayer layer in _layers) layer.Write(_graph);
        foreach (ChannelConstant constant in Sets.SelectMany(s => s.Constants)) constant.Write(_graph);
        _graph.RemoveDead();
    }

    private void Visit(NodeProto node)
    {
        if (OnnxGraph.IsDefaultDomain(node) && !OnnxGraph.Bodies(node).Any()
            && (VisitLinear(node) || VisitNormalization(node) || VisitOperand(node) || VisitSum(node) || VisitTransparent(node))) return;
        foreach (string input in node.Inputs) Pin(input);
    }

    private bool VisitLinear(NodeProto node)
    {
        if (LinearNode.Of(_graph, node) is not { } linear || node.Int("transA", 0) != 0 || node.Float("alpha", 1) != 1 || node.Float("beta", 1) != 1) return false;
        if (_facts.Rank(node.Inputs[0]) is not { } inputRank || _facts.Rank(node.Outputs[0]) is not { } outputRank) return false;
        var layer = new ScaledLayer(linear);
        _layers.Add(layer);
        if (_values.TryGetValue(node.Inputs[0], out var input) && input.Axis == Axis(linear, inputRank) && input.Group.Root.Set.Channels == layer.Input.Length)
            input.Group.Root.Set.Consumers.Add(layer);
        else Pin(node.Inputs[0]);
        Produce(node.Outputs[0], Axis(linear, outputRank), layer.Output.Length).Producers.Add(layer);
        return true;
    }

    private static int Axis(LinearNode linear, int rank) => linear.ChannelAxis < 0 ? rank - 1 : linear.ChannelAxis;

    /// <summary>A LayerNormalization over the last axis, and a product with constants along the last axis, which ends a written-out one.</summary>
    private bool VisitNormalization(NodeProto node)
    {
        string output = node.Outputs[0];
        if (_facts.ShapeOf(output) is not { Rank: > 0 } shape || !_facts.IsFloat(output)) return false;
        int axis = shape.Rank - 1, channels = shape[axis];
        int[] constants;
        if (node.OpType == "LayerNormalization")
        {
            if (node.Int("axis", -1) is var a && a != -1 && a != axis) return false;
            if (node.Outputs.Skip(1).Any(o => o.Length > 0)) return false;
            constants = node.HasInput(2) ? [1, 2] : [1];
        }
        else if (node.OpType == "Mul" && node.Inputs.FindIndex(i => _graph.Constant(i) is { IsFloat: true } t && t.Count == channels) is var at and >= 0)
        {
            constants = [at];
        }
        else
        {
            return false;
        }
        if (channels < 2 || !Array.TrueForAll(constants, i => IsRow(node.Inputs[i], channels))) return false;
        foreach (string input in node.Inputs) Pin(input);
        ChannelSet set = Produce(output, axis, channels);
        foreach (int i in constants)
        {
            TensorProto tensor = _graph.Constant(node.Inputs[i])!;
            set.Constants.Add(new ChannelConstant(node, i, tensor, [.. tensor.Dims], channels));
        }
        return true;
    }

    private bool IsRow(string name, int channels) =>
        _graph.Constant(name) is { IsFloat: true } t && t.Count == channels && t.Dims.Count > 0 && t.Dims[^1] == channels;

    /// <summary>An added constant scales with the values; a factor that all channels share changes nothing.</summary>
    private bool VisitOperand(NodeProto node)
    {
        if (node.OpType is not ("Add" or "Mul") || node.Inputs.Count != 2) return false;
        int at = _graph.Constant(node.Inputs[0]) is not null ? 0 : 1;
        string value = node.Inputs[1 - at];
        if (_graph.Constant(node.Inputs[at]) is not { IsFloat: true } tensor || !_values.TryGetValue(value, out var entry)) return false;
        if (_facts.Rank(value) is not { } rank || _facts.ShapeOf(node.Outputs[0]) != _facts.ShapeOf(value)) return false;
        ChannelSet set = entry.Group.Root.Set;
        if (node.OpType == "Mul")
        {
            if (tensor.Count != 1) return false;
        }
        else
        {
            if (ChannelAffine.Of(_graph, node, value, rank, entry.Axis, set.Channels) is null) return false;
            long[] shape = tensor.Count == set.Channels ? [.. tensor.Dims] : [set.Channels, .. Enumerable.Repeat(1L, rank - entry.Axis - 1)];
            set.Constants.Add(new ChannelConstant(node, at, tensor, shape, set.Channels));
        }
        _values[node.Outputs[0]] = entry;
        return true;
    }

    private bool VisitSum(NodeProto node)
    {
        if (node.OpType != "Add" || node.Inputs.Count != 2) return false;
        if (!_values.TryGetValue(node.Inputs[0], out var a) || !_values.TryGetValue(node.Inputs[1], out var b) || a.Axis != b.Axis) return false;
        if (_facts.ShapeOf(node.Inputs[0]) is not { } shape || _facts.ShapeOf(node.Inputs[1]) != shape) return false;
        Group.Join(a.Group.Root, b.Group.Root);
        a.Group.Root.Set.Sums = true;
        _values[node.Outputs[0]] = a;
        return true;
    }

    private bool VisitTransparent(NodeProto node)
    {
        string output = node.Outputs[0];
        if (!_values.TryGetValue(node.Input(0), out var input)) return false;
        if (_facts.ShapeOf(node.Inputs[0]) is not { } from || _facts.ShapeOf(output) is not { } to) return false;
        if (TransparentNodes.OutputAxis(_graph, node, from, to, input.Axis) is not { } axis) return false;
        foreach (string other in node.Inputs.Skip(1)) Pin(other);
        if (node.OpType == "Clip")
        {
            float high = node.HasInput(2) ? _graph.Constant(node.Inputs[2])!.Floats()[0] : float.PositiveInfinity;
            if (high < float.PositiveInfinity) input.Group.Root.Set.Clips.Add((node, high));
        }
        _values[output] = (input.Group, axis);
        return true;
    }

    private ChannelSet Produce(string value, int axis, int channels)
    {
        var group = new Group(new ChannelSet(channels));
        _groups.Add(group);
        _values[value] = (group, axis);
        return group.Set;
    }

    private void Pin(string value)
    {
        if (_values.TryGetValue(value, out var entry)) entry.Group.Root.Pinned = true;
    }

    private sealed class Group(ChannelSet set)
    {
        private Group? _parent;

        public ChannelSet Set { get; } = set;

        public bool Pinned { get; set; }

        public Group Root => _parent is null ? this : _parent.Root;

        /// <summary>Moves all that <paramref name="b"/> holds into <paramref name="a"/>.</summary>
        public static void Join(Group a, Group b)
        {
            if (a == b) return;
            b._parent = a;
            a.Pinned |= b.Pinned || a.Set.Channels != b.Set.Channels;
            a.Set.Producers.AddRange(b.Set.Producers);
            a.Set.Constants.AddRange(b.Set.Constants);
            a.Set.Consumers.AddRange(b.Set.Consumers);
            a.Set.Clips.AddRange(b.Set.Clips);
            a.Set.Sums |= b.Set.Sums;
        }
    }
}
