using Edge.Onnx;
using Edge.Quantization.Rewrite.Preparation;

namespace Edge.Quantization.Rewrite.Qdq;

/// <summary>Divides a graph into units. Every node belongs to exactly one.</summary>
internal sealed class UnitBuilder(OnnxGraph graph, TensorFacts facts, QuantizationOptions options)
{
    private readonly OperatorRoles _roles = new(graph, facts, options);
    private readonly Dictionary<NodeProto, (OperatorRole Role, string Reason)> _role = [];
    private readonly Dictionary<NodeProto, QuantizationUnit> _unitOf = [];

    /// <summary>The value that an elementwise result is a function of, through any number of elementwise nodes.</summary>
    private readonly Dictionary<string, string> _source = [];

    /// <summary>The units in the order of their last nodes.</summary>
    public List<QuantizationUnit> Build()
    {
        foreach (NodeProto node in graph.Nodes) _role[node] = RoleOf(node);
        foreach (NodeProto node in graph.Nodes)
            if (!_unitOf.ContainsKey(node)) Visit(node);
        // From the end, so that a chain of functions becomes one unit rather than several.
        foreach (NodeProto node in Enumerable.Reverse(graph.Nodes))
            if (!_unitOf.ContainsKey(node) && _role[node].Role == OperatorRole.Elementwise) Add(Region(node));
        foreach (NodeProto node in graph.Nodes)
            if (!_unitOf.ContainsKey(node)) Add(Single(node, _role[node].Role));
        List<QuantizationUnit> units = [.. Enumerable.Reverse(graph.Nodes).Select(n => _unitOf[n]).Distinct().Reverse()];
        foreach (QuantizationUnit unit in units) unit.Outputs = [.. unit.Last.Outputs.Where(o => o.Length > 0)];
        return units;
    }

    /// <summary>Makes the units of products and arithmetic, and finds what elementwise nodes are functions of.</summary>
    private void Visit(NodeProto node)
    {
        (OperatorRole role, string reason) = _role[node];
        if (OperatorRoles.IsBinary(node) && (role == OperatorRole.Arithmetic || reason == OperatorRoles.NoIntegerForm)
            && SourceOf(node.Inputs[0]) == SourceOf(node.Inputs[1]) && graph.Constant(node.Inputs[0]) is null)
        {
            role = OperatorRole.Elementwise;
            _role[node] = (role, "");
        }
        if (role == OperatorRole.Elementwise) _source[node.Outputs[0]] = SourceOf(OperatorRoles.DataInputs(node).Select(node.Input).First(v => graph.Constant(v) is null));
        else if (role is OperatorRole.Product or OperatorRole.Arithmetic) Add(WithActivation(node));
    }

    private string SourceOf(string value) => _source.GetValueOrDefault(value, value);

    private (OperatorRole, string) RoleOf(NodeProto node)
    {
        if (node.Outputs.TrueForAll(o => o.Length == 0 || !facts.IsFloat(o))) return (OperatorRole.Float, OperatorRoles.NotFloat);
        if (node.Inputs.TrueForAll(i => i.Length == 0 || graph.Constant(i) is not null)) return (OperatorRole.Float, OperatorRoles.Constant);
        (OperatorRole role, string reason) = _roles.Of(node);
        if (role == OperatorRole.Float) return (role, reason);
        foreach (string output in node.Outputs)
            if (output.Length > 0 && !facts.IsFloat(output)) return (OperatorRole.Float, OperatorRoles.NotFloat);
        if (OperatorRoles.DataInputs(node).All(i => graph.Constant(node.Input(i)) is not null)) return (OperatorRole.Float, "it reads constants only");
        foreach (string output in node.Outputs)
            if (graph.IsCaptured(output)) return (OperatorRole.Float, "the body of an If or Loop reads its result");
        return (role, "");
    }

    private void Add(QuantizationUnit unit)
    {
        foreach (NodeProto node in unit.Nodes) _unitOf[node] = unit;
    }

    private QuantizationUnit Single(NodeProto node, OperatorRole role)
    {
        var inputs = new List<string>();
        var operands = new List<string>();
        foreach (int i in OperatorRoles.DataInputs(node))
        {
            string name = node.Input(i);
            if (name.Length == 0 || (node.OpType == "MatMul" && i == 1 && graph.Constant(name) is not null)) continue;
            List<string> list = graph.Constant(name) is null ? inputs : operands;
            if (!list.Contains(name)) list.Add(name);
        }
        return new QuantizationUnit { Role = role, Nodes = [node], Inputs = inputs, Operands = operands, Reason = _role[node].Reason };
    }

    /// <summary>
    /// The range is observed behind a Relu or Clip, so that no code is spent on what it cuts off. With a zero point that is
    /// not free, only products can cut inside their integer kernel.
    /// </summary>
    private QuantizationUnit WithActivation(NodeProto node)
    {
        QuantizationUnit unit = Single(node, _role[node].Role);
        if (options.SymmetricActivations && unit.Role != OperatorRole.Product) return unit;
        if (node.Outputs.Count == 1 && graph.OnlyConsumer(node.Outputs[0]) is { } next && _role[next].Role == OperatorRole.Elementwise
            && next.Inputs[0] == node.Outputs[0] && _roles.Bounds(next) is { } bounds)
        {
            unit.Nodes.Add(next);
            unit.Bounds = bounds;
        }
        return unit;
    }

    /// <summary>
    /// The largest group of elementwise nodes that ends in <paramref name="last"/>, reads one activation and shows nothing
    /// of its inside; the node alone if there is no larger one.
    /// </summary>
    private QuantizationUnit Region(NodeProto last)
    {
        List<NodeProto> region = [last], best = [last];
        while (true)
        {
            string[] outside = Outside(region);
            if (outside.Length <= 1) best = [.. region];
            NodeProto? more = outside.Select(graph.Producer).FirstOrDefault(p => p is not null && CanJoin(p, region));
            if (more is null) break;
            region.Add(more);
        }
        string[] inputs = Outside(best);
        if (best.Count == 1 && inputs.Length != 1)
        {
            // Others read what is between, so it is no function of one quantized value.
            bool arithmetic = inputs.Length == 2 && last.OpType is "Add" or "Mul";
            _role[last] = (arithmetic ? OperatorRole.Arithmetic : OperatorRole.Float, arithmetic ? "" : OperatorRoles.NoIntegerForm);
            return Single(last, _role[last].Role);
        }
        best.Sort((a, b) => graph.Nodes.IndexOf(a).CompareTo(graph.Nodes.IndexOf(b)));
        return new QuantizationUnit { Role = OperatorRole.Elementwise, Nodes = best, Inputs = [.. inputs] };
    }

    private bool CanJoin(NodeProto node, List<NodeProto> region) =>
        !_unitOf.ContainsKey(node) && _role[node].Role == OperatorRole.Elementwise && node.Outputs.Count == 1 && !graph.IsOutput(node.Outputs[0])
        && graph.Consumers(node.Outputs[0]).All(region.Contains);

    /// <summary>The activations that the nodes read and do not write.</summary>
    private string[] Outside(List<NodeProto> region)
    {
        HashSet<string> inside = [.. region.SelectMany(n => n.Outputs)];
        return
        [
            .. region.SelectMany(n => OperatorRoles.DataInputs(n).Select(n.Input))
                .Where(v => v.Length > 0 && graph.Constant(v) is null && !inside.Contains(v)).Distinct(),
        ];
    }
}
