using Edge.Onnx;
using Edge.Runtime.Operators;

namespace Edge.Runtime.Import;

/// <summary>Whether a model asks only for operators that exist here, found before any shape is known.</summary>
internal static class OperatorSupport
{
    /// <summary>The default domain under one name.</summary>
    public static string Canonical(string domain) => domain == "ai.onnx" ? "" : domain;

    /// <summary>Fails unless every node's operator is supported in the version that the model imports.</summary>
    public static void Check(Model model)
    {
        foreach (var n in model.Proto.Graph!.Nodes)
            Require(model, Canonical(n.Domain), n.OpType, n.Name.Length > 0 ? n.Name : n.Outputs.FirstOrDefault() ?? "?");
    }

    public static Operator Require(Model model, string domain, string opType, string name)
    {
        string full = domain.Length == 0 ? opType : $"{domain}.{opType}";
        string node = $"{model.Name}: {full} '{name}'";
        var opset = model.Proto.OpsetImports.FirstOrDefault(o => Canonical(o.Domain) == domain)
            ?? throw new ModelException($"{node}: the model imports no operator set for domain '{(domain.Length == 0 ? "ai.onnx" : domain)}'");
        if (model.Proto.Functions.Any(f => Canonical(f.Domain) == domain && f.Name == opType))
            throw new ModelException($"{node}: functions defined in the model are not supported; export the model with its functions inlined");
        // Operators that only passes make are not for models to use.
        var op = domain == OperatorCatalog.Internal ? null : OperatorCatalog.Find(domain, opType);
        if (op is null)
        {
            var near = OperatorCatalog.All.Where(o => o.OpType == opType && o.Domain != OperatorCatalog.Internal).Select(o => o.Domain).ToList();
            string hint = near.Count > 0 ? $"it is supported in domain '{near[0]}'" : "`edge operators` lists those that are";
            throw new ModelException($"{node}: the operator is not supported; {hint}");
        }

        if (opset.Version < op.MinOpset || opset.Version > op.MaxOpset)
            throw new ModelException($"{node}: opset {opset.Version} is not supported; supported: {op.MinOpset} to {op.MaxOpset}");
        return op;
    }
}
