using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Rewrite.Preparation;

/// <summary>
/// What one run of the model on one sample tells of its values: element type, shape, and the elements of those that
/// depend on no input. Shapes other than the rank may change with the sample.
/// </summary>
internal sealed class TensorFacts
{
    private readonly Dictionary<string, (DataType Type, Shape Shape)> _values = [];

    /// <summary>Values that nodes compute from constants alone and that other nodes read.</summary>
    public Dictionary<string, Tensor> Constants { get; } = [];

    /// <summary>Float32 at run time. False for a value that did not exist when the sample ran.</summary>
    public bool IsFloat(string name) => _values.TryGetValue(name, out var v) && v.Type == DataType.Float32;

    /// <summary>Null for a value that did not exist when the sample ran.</summary>
    public int? Rank(string name) => _values.TryGetValue(name, out var v) ? v.Shape.Rank : null;

    /// <summary>The shape for the sample; null for a value that did not exist then.</summary>
    public Shape? ShapeOf(string name) => _values.TryGetValue(name, out var v) ? v.Shape : null;

    public DataType TypeOf(string name) => _values.TryGetValue(name, out var v) ? v.Type : DataType.Undefined;

    /// <summary>States the facts of a value that a rewriting pass makes.</summary>
    public void Add(string name, DataType type, Shape shape) => _values[name] = (type, shape);

    /// <summary>Runs the model once with every value as an output.</summary>
    public static TensorFacts Gather(OnnxGraph graph, SessionFactory sessions, SampleReader samples)
    {
        TensorFacts facts = OfInitializers(graph);
        string[] values = [.. graph.Nodes.SelectMany(n => n.Outputs).Where(o => o.Length > 0)];
        HashSet<string> constant = ConstantValues(graph);
        using IInferenceSession session = sessions(TappedModel.Of(graph.Model, values), "calibration");
        IReadOnlyList<Tensor> sample = samples.Take(1).Read(session.Inputs).First();
        IReadOnlyList<Tensor> results = session.Run([.. sample]);
        for (int i = 0; i < session.Inputs.Count; i++) facts._values[session.Inputs[i].Name] = (sample[i].Type, sample[i].Shape);
        for (int i = 0; i < results.Count; i++)
        {
            string name = session.Outputs[i].Name;
            facts._values[name] = (results[i].Type, results[i].Shape);
            if (constant.Contains(name) && graph.Consumers(name).Any(c => !c.Outputs.Exists(constant.Contains)))
                facts.Constants[name] = results[i].Clone();
        }
        return facts;
    }

    /// <summary>
    /// What the model declares of its values, without a sample: fewer are known, and sizes that are open count 1. Constants
    /// are computed.
    /// </summary>
    public static TensorFacts Declared(OnnxGraph graph, SessionFactory sessions)
    {
        TensorFacts facts = OfInitializers(graph);
        GraphProto g = graph.Model.Graph;
        foreach (ValueInfoProto value in g.Inputs.Concat(g.ValueInfos).Concat(g.Outputs))
        {
            if (value.Type?.Tensor is not { Shape: { } shape } type) continue;
            facts._values.TryAdd(value.Name, ((DataType)type.ElemType, new Shape([.. shape.Dims.Select(d => (int)(d.Value is > 0 and <= int.MaxValue and var size ? size : 1))])));
        }
        HashSet<string> constant = ConstantValues(graph);
        string[] read = [.. constant.Where(name => name.Length > 0 && graph.Consumers(name).Any(c => !c.Outputs.Exists(constant.Contains)))];
        if (read.Length == 0) return facts;
        ModelProto part = PartialModel.Of(graph.Model, read);
        part.Graph.Inputs = [];
        using IInferenceSession session = sessions(part, "constants");
        IReadOnlyList<Tensor> results = session.Run([]);
        for (int i = 0; i < results.Count; i++)
        {
            string name = session.Outputs[i].Name;
            facts._values[name] = (results[i].Type, results[i].Shape);
            facts.Constants[name] = results[i].Clone();
        }
        return facts;
    }

    private static TensorFacts OfInitializers(OnnxGraph graph)
    {
        var facts = new TensorFacts();
        foreach (TensorProto t in graph.Model.Graph.Initializers)
        {
            if ((DataType)t.DataType is DataType.String) continue;
            facts._values[t.Name] = ((DataType)t.DataType, new Shape([.. t.Dims.Select(d => (int)d)]));
        }
        return facts;
    }

    /// <summary>Values that depend on no input and on no chance.</summary>
    public static HashSet<string> ConstantValues(OnnxGraph graph)
    {
        HashSet<string> known = [.. graph.Model.Graph.Initializers.Select(t => t.Name), ""];
        var constant = new HashSet<string>();
        foreach (NodeProto node in graph.Nodes)
        {
            if (!node.Inputs.TrueForAll(known.Contains) || OnnxGraph.Bodies(node).Any()) continue;
            if (node.OpType.StartsWith("Random", StringComparison.Ordinal) || node.OpType is "Bernoulli" or "Multinomial") continue;
            known.UnionWith(node.Outputs);
            constant.UnionWith(node.Outputs);
        }
        return constant;
    }
}
