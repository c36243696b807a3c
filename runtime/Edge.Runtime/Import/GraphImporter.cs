using Edge.Kernels;
using Edge.Onnx;
using Edge.Runtime.Execution;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Tensors;

namespace Edge.Runtime.Import;

/// <summary>
/// Builds the typed graph of a model for concrete input shapes. Every node is validated and its shapes are inferred on
/// the way; nodes whose inputs are all known are computed at once, so that shape arithmetic disappears.
/// </summary>
internal sealed class GraphImporter
{
    /// <summary>Results larger than this are computed at run time: a hostile model must not blow up while it loads.</summary>
    private const long LargestFold = 32 << 20;

    private readonly Model _model;
    private readonly ModelGraph _graph = new();
    private readonly HalfPrecision _nodes;
    private readonly Dictionary<string, Value> _values = [];

    private GraphImporter(Model model, KernelSet kernels)
    {
        _model = model;
        _nodes = new HalfPrecision(_graph, kernels, LargestFold);
    }

    /// <param name="model">The model.</param>
    /// <param name="inputShapes">One shape an input, in the order of <see cref="Model.Inputs"/>.</param>
    /// <param name="kernels">For computing constants.</param>
    /// <exception cref="ModelException">The graph is malformed, or asks for something that is not supported.</exception>
    public static ModelGraph Import(Model model, ReadOnlySpan<Shape> inputShapes, KernelSet kernels) =>
        new GraphImporter(model, kernels).Import(inputShapes);

    private ModelGraph Import(ReadOnlySpan<Shape> inputShapes)
    {
        var proto = _model.Proto.Graph!;
        foreach (var o in _model.Proto.OpsetImports)
            _graph.Opsets[OperatorSupport.Canonical(o.Domain)] = checked((int)o.Version);

        foreach (var t in proto.Initializers) Define(t.Name).SetConstant(_model.TensorOf(t));
        for (int i = 0; i < _model.Inputs.Count; i++)
        {
            var v = Define(_model.Inputs[i].Name);
            v.Type = _model.Inputs[i].Type;
            v.Shape = inputShapes[i];
            _graph.Inputs.Add(v);
        }

        foreach (var n in proto.Nodes) AddNode(n);
        foreach (var o in proto.Outputs)
        {
            _graph.Outputs.Add(_values.GetValueOrDefault(o.Name)
                ?? throw new ModelException($"{_model.Name}: graph output '{o.Name}' is written by no node"));
        }

        return _graph;
    }

    private Value Define(string name)
    {
        if (_values.ContainsKey(name)) throw new ModelException($"{_model.Name}: value '{name}' is defined twice");
        return _values[name] = new Value(name);
    }

    private void AddNode(NodeProto proto)
    {
        string domain = OperatorSupport.Canonical(proto.Domain);
        string name = proto.Name.Length > 0 ? proto.Name : proto.Outputs.FirstOrDefault(o => o.Length > 0) ?? "?";
        var op = OperatorSupport.Require(_model, domain, proto.OpType, name);
        var inputs = proto.Inputs.Select(i => i.Length == 0 ? null : _values.GetValueOrDefault(i)
            ?? throw new ModelException($"{_model.Name}: {proto.OpType} '{name}' reads '{i}', which nothing before it writes")).ToList();
        var node = new Node(domain, proto.OpType, _graph.Opsets[domain], name, inputs, proto.Outputs.Select(o => o.Length == 0 ? null : Define(o)));
        AttributeImporter.Import(proto, node, _model);
        _nodes.Append(node, op);
    }
}
