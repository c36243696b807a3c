using Edge.Onnx;
using Edge.Runtime.Tests.Sessions;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Passes.Patterns;

/// <summary>Writes a subgraph down as exporters do, node by node, and looks at the plan that becomes of it.</summary>
internal sealed class WrittenOut
{
    private readonly OnnxGraphBuilder _graph;
    private readonly List<Tensor> _inputs = [];
    private int _names;

    /// <param name="opset">Version of ONNX's own operator set.</param>
    /// <param name="dims">Shape of the input <c>x</c>.</param>
    public WrittenOut(int opset, params int[] dims)
    {
        _graph = new OnnxGraphBuilder(opset);
        Input("x", EngineComparison.Random(7, dims));
    }

    /// <summary>One more input of the model.</summary>
    public string Input(string name, Tensor value)
    {
        _graph.Input(name, value.Type, Array.ConvertAll(value.Shape.ToArray(), d => (long)d));
        _inputs.Add(value);
        return name;
    }

    public string Node(string op, string[] inputs, params AttributeProto[] attributes) => Nodes(op, inputs, 1, attributes)[0];

    public string[] Nodes(string op, string[] inputs, int outputs, params AttributeProto[] attributes)
    {
        string[] names = [.. Enumerable.Range(0, outputs).Select(_ => Name())];
        _graph.Node(op, inputs, names, attributes);
        return names;
    }

    public string Scalar(float value)
    {
        string n = Name();
        _graph.Initializer(n, [value]);
        return n;
    }

    public string Index(long value)
    {
        string n = Name();
        _graph.Initializer(n, [value]);
        return n;
    }

    public string Ints(params long[] values)
    {
        string n = Name();
        _graph.Initializer(n, values, values.Length);
        return n;
    }

    /// <summary>Random constant elements in [-2, 2).</summary>
    public string Constant(int seed, params int[] dims)
    {
        string n = Name();
        _graph.Initializer(n, EngineComparison.Random(seed, dims).AsSpan<float>().ToArray(), Array.ConvertAll(dims, d => (long)d));
        return n;
    }

    /// <summary>Fails unless the model runs these operators and agrees with ONNX Runtime on every kernel set, optimized and not.</summary>
    public void Becomes(string[] outputs, params string[] plan) => Becomes(1e-5, outputs, plan);

    /// <inheritdoc cref="Becomes(string[], string[])"/>
    public void Becomes(double tolerance, string[] outputs, params string[] plan)
    {
        var proto = Build(outputs);
        Assert.Equal(plan, Plan(proto));
        EngineComparison.AssertAgrees(proto, _inputs, tolerance);
    }

    /// <summary>The operators that the model runs, which must agree with ONNX Runtime on every kernel set, optimized and not.</summary>
    public IReadOnlyList<string> PlanOf(params string[] outputs)
    {
        var proto = Build(outputs);
        EngineComparison.AssertAgrees(proto, _inputs);
        return Plan(proto);
    }

    /// <summary>Fails unless the model agrees with ONNX Runtime on every kernel set, optimized and not.</summary>
    public void Agrees(params string[] outputs) => EngineComparison.AssertAgrees(Build(outputs), _inputs);

    private static string[] Plan(ModelProto proto)
    {
        using var session = new InferenceSession(Model.FromProto(proto, "test"));
        return [.. session.Describe().Steps.Select(s => s.OpType)];
    }

    /// <summary>The model, which returns these values.</summary>
    public ModelProto Build(params string[] outputs)
    {
        foreach (string o in outputs) _graph.Output(o);
        return _graph.Build();
    }

    private string Name() => $"v{_names++}";
}
