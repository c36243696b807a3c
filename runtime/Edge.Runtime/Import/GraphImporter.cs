using Edge.Onnx;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Runtime.Planning;
using Edge.Tensors;

namespace Edge.Runtime.Import;

/// <summary>
/// Builds the typed graph of a model for concrete input shapes. Every node is validated and its shapes are inferred on
/// the way; nodes whose inputs are all known are computed at once, so that shape arithmetic disappears. Functions of the
/// model, and branches that are known to be taken, are inlined.
/// </summary>
internal sealed class GraphImporter
{
    /// <summary>The most inputs, and outputs, that a node may have: some work grows with their square.</summary>
    private const int MaxArity = 8192;

    private readonly ModelGraph _graph = new();
    private readonly HalfPrecision _nodes;

    private GraphImporter(ImportFrame frame)
    {
        foreach (var (domain, version) in frame.Opsets) _graph.Opsets[domain] = version;
        _nodes = new HalfPrecision(_graph, frame.Settings, frame.Budget);
    }

    /// <param name="model">The model.</param>
    /// <param name="inputShapes">One shape an input, in the order of <see cref="Model.Inputs"/>.</param>
    /// <param name="settings">Kernels for computing constants, and limits.</param>
    /// <exception cref="ModelException">The graph is malformed, or asks for something that is not supported.</exception>
    public static ModelGraph Import(Model model, ReadOnlySpan<Shape> inputShapes, PlanSettings settings)
    {
        var formals = new Formal[model.Inputs.Count];
        for (int i = 0; i < formals.Length; i++) formals[i] = new Formal(model.Inputs[i].Name, model.Inputs[i].Type, inputShapes[i]);
        return Import(ImportFrame.Of(model, settings), model.Proto.Graph!, formals);
    }

    /// <summary>Builds the typed graph of <paramref name="proto"/>; its inputs are those formals that are no constants, in order.</summary>
    public static ModelGraph Import(ImportFrame frame, GraphProto proto, IReadOnlyList<Formal> formals)
    {
        var importer = new GraphImporter(frame);
        var scope = new Scope(null, formals.Count + proto.Initializers.Count + proto.Nodes.Count);
        foreach (var formal in formals)
        {
            var v = Define(scope, formal.Name, frame);
            if (formal.Constant is { } known)
            {
                v.SetConstant(known);
                continue;
            }

            v.Type = formal.Type;
            v.Shape = formal.Shape;
            importer._graph.Inputs.Add(v);
        }

        importer._graph.Outputs.AddRange(importer.AddGraph(frame, proto, scope));
        return importer._graph;
    }

    private static Value Define(Scope scope, string name, ImportFrame frame)
    {
        if (scope.Defines(name)) throw new ModelException($"{frame.Model.Name}: value '{frame.Path}{name}' is defined twice");
        var v = new Value(frame.Path + name);
        scope.Bind(name, v);
        return v;
    }

    /// <summary>Appends initializers and nodes, and returns the values of the outputs.</summary>
    private List<Value> AddGraph(ImportFrame frame, GraphProto proto, Scope scope)
    {
        var inputs = proto.Inputs.Select(i => i.Name).ToHashSet();
        foreach (var t in proto.Initializers)
        {
            // An input that has a default is given by the caller, where there is one.
            if (inputs.Contains(t.Name) && scope.Defines(t.Name)) continue;
            Define(scope, t.Name, frame).SetConstant(frame.Model.TensorOf(t));
        }

        foreach (var n in proto.Nodes) AddNode(frame, n, scope);
        return [.. proto.Outputs.Select(o => scope.Find(o.Name)
            ?? throw new ModelException($"{frame.Model.Name}: graph output '{frame.Path}{o.Name}' is written by no node"))];
    }

    private void AddNode(ImportFrame frame, NodeProto proto, Scope scope)
    {
        frame.Budget.Take();
        string domain = OperatorSupport.Canonical(proto.Domain);
        string label = OperatorSupport.Label(proto);
        string name = frame.Path + label;
        if (Math.Max(proto.Inputs.Count, proto.Outputs.Count) > MaxArity)
            throw new ModelException($"{frame.Model.Name}: {proto.OpType} '{name}' has {proto.Inputs.Count} inputs and {proto.Outputs.Count} outputs; supported: {MaxArity}");
        var inputs = new Value?[proto.Inputs.Count];
        for (int i = 0; i < inputs.Length; i++)
        {
            string read = proto.Inputs[i];
            if (read.Length > 0) inputs[i] = scope.Find(read) ?? throw new ModelException($"{frame.Model.Name}: {proto.OpType} '{name}' reads '{read}', which nothing before it writes");
        }

        if (OperatorSupport.FunctionOf(frame.Model, proto) is { } function)
        {
            Inline(frame.Enter(label), function, proto, inputs, scope);
            return;
        }

        var op = OperatorSupport.Require(frame.Model, frame.Opsets, domain, proto.OpType, name);
        // A value of any kind passes through.
        if (domain.Length == 0 && proto.OpType == "Identity" && proto.Outputs is [{ Length: > 0 } alias] && inputs is [{ IsStatic: false } value])
        {
            Bind(scope, alias, value, frame);
            return;
        }

        if (domain.Length == 0 && proto.OpType == "If" && inputs is [{ IsConstant: true } condition])
        {
            InlineBranch(frame, proto, condition, name, scope);
            return;
        }

        var node = new Node(domain, proto.OpType, frame.Opsets[domain], name, inputs, []);
        AttributeImporter.Import(proto, node, frame);
        foreach (var a in proto.Attributes)
            if (a.G is not null) AddSubgraph(frame.Enter($"{label}.{a.Name}"), a, node, inputs.Length, scope);
        foreach (string o in proto.Outputs) node.AddOutput(o.Length == 0 ? null : Define(scope, o, frame));
        if (op is not ValueOperator && !op.MayLeaveOutFirst) KeepFirstOutput(node);
        _nodes.Append(node, op);
    }

    private static void KeepFirstOutput(Node node)
    {
        if (node.Outputs.Count == 0) node.AddOutput(new Value(node.Name));
        else if (node.Outputs[0] is null) node.SetOutput(0, new Value(node.Name));
    }

    private static void Bind(Scope scope, string name, Value value, ImportFrame frame)
    {
        if (name.Length == 0) return;
        if (scope.Defines(name)) throw new ModelException($"{frame.Model.Name}: value '{frame.Path}{name}' is defined twice");
        scope.Bind(name, value);
    }

    private static void AddSubgraph(ImportFrame frame, AttributeProto attribute, Node node, int own, Scope scope)
    {
        var captures = new List<(string, int)>();
        foreach (string name in FreeNames.Of(attribute.G!))
        {
            // What nothing defines is found missing when the subgraph is imported.
            if (scope.Find(name) is not { } value) continue;
            int index = Enumerable.Range(0, node.Inputs.Count).FirstOrDefault(i => node.Inputs[i] == value, node.Inputs.Count);
            if (index == node.Inputs.Count) node.AddInput(value);
            captures.Add((name, index));
        }

        node.Attributes.Set(attribute.Name, new Subgraph(attribute.G!, frame, own, captures));
    }

    private void InlineBranch(ImportFrame frame, NodeProto proto, Value condition, string name, Scope scope)
    {
        if (condition.Type != DataType.Bool || condition.Shape!.Value.Count != 1)
            throw new ModelException($"{frame.Model.Name}: If '{name}': the condition must be one bool, not {condition}");
        string taken = condition.Constant!.AsSpan<bool>()[0] ? "then_branch" : "else_branch";
        var branch = proto.Attributes.FirstOrDefault(a => a.Name == taken)?.G
            ?? throw new ModelException($"{frame.Model.Name}: If '{name}': attribute '{taken}' is required and missing");
        var results = AddGraph(frame.Enter($"{OperatorSupport.Label(proto)}.{taken}"), branch, new Scope(scope));
        if (results.Count != proto.Outputs.Count)
            throw new ModelException($"{frame.Model.Name}: If '{name}' has {proto.Outputs.Count} outputs, its {taken} {results.Count}");
        for (int i = 0; i < results.Count; i++) Bind(scope, proto.Outputs[i], results[i], frame);
    }

    private void Inline(ImportFrame frame, FunctionProto function, NodeProto call, Value?[] inputs, Scope scope)
    {
        string name = frame.Path[..^1];
        if (inputs.Length > function.Inputs.Count || call.Outputs.Count > function.Outputs.Count)
            throw new ModelException($"{frame.Model.Name}: {call.OpType} '{name}' has {inputs.Length} inputs and {call.Outputs.Count} outputs; the function takes {function.Inputs.Count} and returns {function.Outputs.Count}");
        var inside = new Scope(null);
        for (int i = 0; i < inputs.Length; i++)
            if (inputs[i] is { } v) Bind(inside, function.Inputs[i], v, frame);

        var attributes = new Dictionary<string, AttributeProto>();
        foreach (var a in function.AttributeProtos) attributes[a.Name] = a;
        foreach (var a in call.Attributes) attributes[a.Name] = AttributeImporter.Resolve(a, frame.Attributes) ?? a;
        var opsets = new Dictionary<string, int>(frame.Opsets);
        foreach (var (domain, version) in ImportFrame.OpsetsOf(function.OpsetImports, frame.Model.Name)) opsets[domain] = version;
        var own = frame with { Opsets = opsets, Attributes = attributes };

        foreach (var n in function.Nodes)
        {
            // An input that the call leaves out is left out wherever the function reads it.
            var read = n.Inputs.Exists(i => i.Length > 0 && inside.Find(i) is null && function.Inputs.Contains(i)) ? WithoutInputs(n, inside, function) : n;
            AddNode(own, read, inside);
        }

        for (int i = 0; i < call.Outputs.Count; i++)
        {
            if (call.Outputs[i].Length == 0) continue;
            Bind(scope, call.Outputs[i], inside.Find(function.Outputs[i])
                ?? throw new ModelException($"{frame.Model.Name}: function {function.Name} writes no '{function.Outputs[i]}'"), frame);
        }
    }

    private static NodeProto WithoutInputs(NodeProto node, Scope scope, FunctionProto function) => new()
    {
        Name = node.Name,
        Domain = node.Domain,
        OpType = node.OpType,
        Overload = node.Overload,
        Inputs = [.. node.Inputs.Select(i => scope.Find(i) is null && function.Inputs.Contains(i) ? "" : i)],
        Outputs = node.Outputs,
        Attributes = node.Attributes,
    };
}
