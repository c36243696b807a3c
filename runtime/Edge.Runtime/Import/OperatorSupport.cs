using Edge.Onnx;
using Edge.Runtime.Operators;

namespace Edge.Runtime.Import;

/// <summary>Whether a model asks only for operators that exist here, found before any shape is known.</summary>
internal static class OperatorSupport
{
    /// <summary>The default domain under one name.</summary>
    public static string Canonical(string domain) => domain == "ai.onnx" ? "" : domain;

    /// <summary>The node's name, or that of its first output where the model gives none.</summary>
    public static string Label(NodeProto node) => node.Name.Length > 0 ? node.Name : node.Outputs.FirstOrDefault(o => o.Length > 0) ?? "?";

    /// <summary>The function of the model that <paramref name="node"/> calls; null if it is an operator.</summary>
    public static FunctionProto? FunctionOf(Model model, NodeProto node)
    {
        foreach (var f in model.Proto.Functions)
            if (f.Name == node.OpType && Canonical(f.Domain) == Canonical(node.Domain) && f.Overload == node.Overload) return f;
        return null;
    }

    /// <summary>Fails unless every node's operator is supported in the version that the model imports, in branches, loops and functions too.</summary>
    public static void Check(Model model) =>
        Check(model, ImportFrame.OpsetsOf(model.Proto.OpsetImports, model.Name), model.Proto.Graph!.Nodes, "", []);

    public static Operator Require(Model model, IReadOnlyDictionary<string, int> opsets, string domain, string opType, string name)
    {
        string full = domain.Length == 0 ? opType : $"{domain}.{opType}";
        string node = $"{model.Name}: {full} '{name}'";
        // Operators that only passes make are not for models to use.
        var op = domain == OperatorCatalog.Internal ? null : OperatorCatalog.Find(domain, opType);
        if (!opsets.TryGetValue(domain, out int opset))
            throw new ModelException($"{node}: the model imports no operator set for domain '{(domain.Length == 0 ? "ai.onnx" : domain)}'");
        if (op is null)
        {
            var near = OperatorCatalog.All.Where(o => o.OpType == opType && o.Domain != OperatorCatalog.Internal).Select(o => o.Domain).ToList();
            string hint = near.Count > 0 ? $"it is supported in domain '{(near[0].Length == 0 ? "ai.onnx" : near[0])}'" : "`edge operators` lists those that are";
            throw new ModelException($"{node}: the operator is not supported; {hint}");
        }

        if (opset < op.MinOpset || opset > op.MaxOpset)
            throw new ModelException($"{node}: opset {opset} is not supported; supported: {op.MinOpset} to {op.MaxOpset}");
        return op;
    }

    private static void Check(Model model, IReadOnlyDictionary<string, int> opsets, IEnumerable<NodeProto> nodes, string path, HashSet<FunctionProto> seen)
    {
        foreach (var n in nodes)
        {
            string name = path + Label(n);
            foreach (var a in n.Attributes)
                if (a.G is not null) Check(model, opsets, a.G.Nodes, $"{name}.{a.Name}/", seen);
            if (FunctionOf(model, n) is not { } function)
            {
                Require(model, opsets, Canonical(n.Domain), n.OpType, name);
                continue;
            }

            if (!seen.Add(function)) continue;
            var own = new Dictionary<string, int>(opsets);
            foreach (var (domain, version) in ImportFrame.OpsetsOf(function.OpsetImports, model.Name)) own[domain] = version;
            Check(model, own, function.Nodes, name + "/", seen);
        }
    }
}
