using Edge.Onnx;
using Edge.Runtime.Operators;

namespace Edge.Runtime.Import;

/// <summary>Whether a model asks only for operators that exist here, found before any shape is known.</summary>
internal static class OperatorSupport
{
    /// <summary>Characters of the way to a node that messages show.</summary>
    private const int MaxPath = 1000;

    /// <summary>The default domain under one name.</summary>
    public static string Canonical(string domain) => domain == "ai.onnx" ? "" : domain;

    /// <summary>The node's name, or that of its first output where the model gives none.</summary>
    public static string Label(NodeProto node) => node.Name.Length > 0 ? node.Name : node.Outputs.FirstOrDefault(o => o.Length > 0) ?? "?";

    /// <summary>The function of the model that <paramref name="node"/> calls; null if it is an operator.</summary>
    public static FunctionProto? FunctionOf(Model model, NodeProto node) =>
        model.Functions.GetValueOrDefault((Canonical(node.Domain), node.OpType, node.Overload));

    /// <summary>The functions of a model by domain, name and overload; of several, the first.</summary>
    public static Dictionary<(string, string, string), FunctionProto> FunctionsOf(ModelProto model)
    {
        var functions = new Dictionary<(string, string, string), FunctionProto>();
        foreach (var f in model.Functions) functions.TryAdd((Canonical(f.Domain), f.Name, f.Overload), f);
        return functions;
    }

    /// <summary>Fails unless every node's operator is supported in the version that the model imports, in branches, loops and functions too.</summary>
    public static void Check(Model model)
    {
        // Functions one after the other: they may call each other as deeply as the file is long.
        var seen = new HashSet<FunctionProto>();
        var pending = new Queue<(IEnumerable<NodeProto> Nodes, IReadOnlyDictionary<string, int> Opsets, string Path)>();
        pending.Enqueue((model.Proto.Graph!.Nodes, ImportFrame.OpsetsOf(model.Proto.OpsetImports, model.Name), ""));
        while (pending.TryDequeue(out var next))
        {
            foreach (var (function, opsets, path) in Check(model, next.Opsets, next.Nodes, next.Path))
            {
                if (!seen.Add(function)) continue;
                var own = new Dictionary<string, int>(opsets);
                foreach (var (domain, version) in ImportFrame.OpsetsOf(function.OpsetImports, model.Name)) own[domain] = version;
                pending.Enqueue((function.Nodes, own, path));
            }
        }
    }

    public static Operator Require(Model model, IReadOnlyDictionary<string, int> opsets, string domain, string opType, string name)
    {
        // Operators that only passes make are not for models to use.
        var op = domain == OperatorCatalog.Internal ? null : OperatorCatalog.Find(domain, opType);
        if (!opsets.TryGetValue(domain, out int opset))
            throw new ModelException($"{Node()}: the model imports no operator set for domain '{(domain.Length == 0 ? "ai.onnx" : domain)}'");
        if (op is null) throw new ModelException($"{Node()}: the operator is not supported; {Hint(opType)}");
        if (opset < op.MinOpset || opset > op.MaxOpset)
            throw new ModelException($"{Node()}: opset {opset} is not supported; supported: {op.MinOpset} to {op.MaxOpset}");
        return op;

        string Node() => $"{model.Name}: {(domain.Length == 0 ? opType : $"{domain}.{opType}")} '{name}'";
    }

    private static string Hint(string opType)
    {
        var near = OperatorCatalog.All.Where(o => o.OpType == opType && o.Domain != OperatorCatalog.Internal).Select(o => o.Domain).ToList();
        return near.Count > 0 ? $"it is supported in domain '{(near[0].Length == 0 ? "ai.onnx" : near[0])}'" : "`edge operators` lists those that are";
    }

    /// <summary>Looks at the nodes and the graphs in them, and returns the functions that they call.</summary>
    private static IEnumerable<(FunctionProto Function, IReadOnlyDictionary<string, int> Opsets, string Path)> Check(
        Model model, IReadOnlyDictionary<string, int> opsets, IEnumerable<NodeProto> nodes, string path)
    {
        foreach (var n in nodes)
        {
            string name = path + Label(n);
            foreach (var a in n.Attributes)
                if (a.G is not null)
                    foreach (var call in Check(model, opsets, a.G.Nodes, $"{name}.{a.Name}/")) yield return call;
            if (FunctionOf(model, n) is { } function) yield return (function, opsets, name.Length < MaxPath ? name + "/" : "…/");
            else Require(model, opsets, Canonical(n.Domain), n.OpType, name);
        }
    }
}
