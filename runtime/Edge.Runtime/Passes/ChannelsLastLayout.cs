using Edge.Kernels;
using Edge.Runtime.Execution;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Tensors;

namespace Edge.Runtime.Passes;

/// <summary>
/// Keeps activations channels-last (<c>[N, spatial…, C]</c>) from the first convolution on. Goes once through the nodes:
/// operators that want the layout get it, those that are indifferent follow their inputs, all others get the model's own
/// layout back. Transposes that a model brings along to change layouts itself cancel out.
/// </summary>
internal sealed class ChannelsLastLayout
{
    private readonly ModelGraph _graph;
    private readonly KernelSet _kernels;
    private readonly List<Node> _ordered = [];

    /// <summary>For a value of the model's layout, its channels-last form.</summary>
    private readonly Dictionary<Value, Value> _channelsLast = [];

    private ChannelsLastLayout(ModelGraph graph, KernelSet kernels)
    {
        _graph = graph;
        _kernels = kernels;
    }

    public static void Run(ModelGraph graph, KernelSet kernels)
    {
        if (graph.Nodes.Any(n => OperatorCatalog.Find(n.Domain, n.OpType)!.Layout == LayoutRole.ChannelsLast))
            new ChannelsLastLayout(graph, kernels).Run();
    }

    private void Run()
    {
        var nodes = _graph.Nodes.ToArray();
        foreach (var node in nodes)
        {
            if (TryCancel(node) || TryConvert(node)) continue;
            foreach (var v in node.Inputs)
                if (v is not null) Materialize(v);
            _ordered.Add(node);
        }

        foreach (var v in _graph.Outputs) Materialize(v);
        _graph.Nodes.Clear();
        _graph.Nodes.AddRange(_ordered);
    }

    /// <summary>Nothing to lay out: a single number, and not of the rank of a picture.</summary>
    private static bool IsNumber(Value v) => v.IsStatic && v.Shape!.Value is { Count: 1, Rank: < 3 };

    /// <summary>One number for each channel, with no axis for pictures: <c>[C, 1…]</c>.</summary>
    private static bool IsOfChannels(Value v, int rank) => v.IsStatic && v.Shape!.Value is { Count: > 0 } shape && shape.Rank == rank - 1 && shape.Count == shape[0];

    private static int Rank(Value v) => v.IsStatic ? v.Shape!.Value.Rank : 0;

    private bool TryConvert(Node node)
    {
        var op = OperatorCatalog.Find(node.Domain, node.OpType)!;
        if (op.Layout == LayoutRole.Opaque || node.Attributes.Int("channels_last", 0) != 0) return false;
        if (node.Inputs.Any(v => v is { IsStatic: false }) || node.Outputs.Any(v => v is { IsStatic: false })) return false;
        int rank = node.Outputs[0] is { } y ? Rank(y) : 0;
        if (rank < 3 || node.Outputs.Any(v => v is not null && Rank(v) != rank && !IsNumber(v))) return false;

        int present = 0, absent = 0;
        for (int i = 0; i < node.Inputs.Count; i++)
        {
            if (node.Inputs[i] is not { } v || !op.TakesLayout(node, i)) continue;
            if (v.IsConstant ? Rank(v) > rank : Rank(v) != rank && !IsNumber(v) && !IsOfChannels(v, rank)) return false;
            if (v.IsConstant || IsNumber(v) || IsOfChannels(v, rank)) continue;
            if (_channelsLast.ContainsKey(v)) present++;
            else absent++;
        }

        if (op.Layout == LayoutRole.Follows && (present == 0 || present < absent)) return false;
        if (!op.ToChannelsLast(node, _graph, rank)) return false;

        for (int i = 0; i < node.Inputs.Count; i++)
        {
            if (node.Inputs[i] is not { } v) continue;
            if (op.TakesLayout(node, i) && !IsNumber(v)) node.SetInput(i, v.IsConstant ? PermutedConstant(v, rank) : IsOfChannels(v, rank) ? ChannelsAlone(v, rank) : ToChannelsLast(v));
            else Materialize(v);
        }

        for (int i = 0; i < node.Outputs.Count; i++)
        {
            if (node.Outputs[i] is not { } v || IsNumber(v)) continue;
            var moved = _graph.AddValue(v.Name, v.Type, Permute(v.Shape!.Value, Operator.ChannelsLastPermutation(rank)));
            node.SetOutput(i, moved);
            _channelsLast[v] = moved;
        }

        _ordered.Add(node);
        return true;
    }

    /// <summary>A Transpose of the model between the two layouts needs no work: it only says which one is meant.</summary>
    private bool TryCancel(Node node)
    {
        if (node is not { OpType: "Transpose", Domain: "" } || node.Attributes.Ints("perm") is not { } perm || node.Inputs[0]!.IsConstant) return false;
        var x = node.Inputs[0]!;
        var y = node.Outputs[0]!;
        if (!x.IsStatic || perm.Length < 3) return false;
        var toLast = Operator.ChannelsLastPermutation(perm.Length);
        if (Same(perm, toLast) && _channelsLast.TryGetValue(x, out var last))
        {
            _graph.ReplaceUses(y, last);
            node.Detach();
            return true;
        }

        if (Same(perm, Inverse(toLast)) && !_channelsLast.ContainsKey(y))
        {
            Materialize(x);
            _channelsLast[y] = x;
            node.Detach();
            return true;
        }

        return false;
    }

    /// <summary>Makes sure that the form of <paramref name="v"/> in the model's own layout exists.</summary>
    private void Materialize(Value v)
    {
        if (v.Producer is not null || v.IsConstant || !_channelsLast.TryGetValue(v, out var last)) return;
        if (_graph.Inputs.Contains(v)) return;
        _ordered.Add(Transpose(last, v, Inverse(Operator.ChannelsLastPermutation(Rank(v)))));
    }

    private Value ToChannelsLast(Value v)
    {
        if (_channelsLast.TryGetValue(v, out var last)) return last;
        int[] perm = Operator.ChannelsLastPermutation(Rank(v));
        last = _graph.AddValue(v.Name, v.Type, Permute(v.Shape!.Value, perm));
        _ordered.Add(Transpose(v, last, perm));
        return _channelsLast[v] = last;
    }

    /// <summary>The same numbers as the last of <paramref name="rank"/> axes.</summary>
    private Value ChannelsAlone(Value v, int rank)
    {
        Materialize(v);
        var shape = new int[rank];
        Array.Fill(shape, 1);
        shape[^1] = v.Shape!.Value.Count;
        var last = _graph.AddValue(v.Name, v.Type, new Shape(shape));
        _ordered.Add(_graph.MakeReshape(v, last));
        return last;
    }

    /// <summary>A Transpose, or a Reshape where only axes of size 1 change places.</summary>
    private Node Transpose(Value from, Value to, int[] perm)
    {
        var shape = from.Shape!.Value;
        var moved = perm.Where(a => shape[a] != 1).ToArray();
        // In a shape, 0 has a meaning of its own that depends on the operator set; empty tensors are transposed.
        if (shape.Count > 0 && moved.SequenceEqual(moved.Order())) return _graph.MakeReshape(from, to);
        return _graph.Make("", "Transpose", to.Name, [from], [to], ("perm", Array.ConvertAll(perm, a => (long)a)));
    }

    private Value PermutedConstant(Value v, int rank)
    {
        var t = v.Constant!;
        if (t.Count == 1) return v;
        var shape = new int[rank];
        Array.Fill(shape, 1);
        t.Shape.Dims.CopyTo(shape.AsSpan(rank - t.Shape.Rank));
        var full = _graph.AddConstant(v.Name, t.Reshape(new Shape(shape)));
        int[] perm = Operator.ChannelsLastPermutation(rank);
        var node = Transpose(full, _graph.AddValue(v.Name, t.Type, Permute(new Shape(shape), perm)), perm);
        return _graph.AddConstant(v.Name, NodeEvaluator.Compute(node, _kernels));
    }

    private static Shape Permute(Shape shape, int[] perm) => new(Array.ConvertAll(perm, a => shape[a]));

    private static int[] Inverse(int[] perm)
    {
        var inverse = new int[perm.Length];
        for (int i = 0; i < perm.Length; i++) inverse[perm[i]] = i;
        return inverse;
    }

    private static bool Same(long[] a, int[] b) => a.Length == b.Length && a.Zip(b).All(p => p.First == p.Second);
}
