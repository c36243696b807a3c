using Edge.Runtime.Operators;

namespace Edge.Runtime;

/// <summary>An operator that the runtime runs.</summary>
/// <param name="Domain">"" is ONNX's default domain.</param>
/// <param name="OpType">The name in models.</param>
/// <param name="MinOpset">First version of the domain's operator set that is supported.</param>
/// <param name="MaxOpset">Last one.</param>
public sealed record SupportedOperator(string Domain, string OpType, int MinOpset, int MaxOpset);

/// <summary>What models may ask for, as the catalog has it.</summary>
public static class SupportedOperators
{
    /// <summary>By domain, then name.</summary>
    public static IReadOnlyList<SupportedOperator> All { get; } =
    [
        .. OperatorCatalog.All.Where(o => o.Domain != OperatorCatalog.Internal)
            .Select(o => new SupportedOperator(o.Domain, o.OpType, o.MinOpset, o.MaxOpset))
            .OrderBy(o => o.Domain, StringComparer.Ordinal).ThenBy(o => o.OpType, StringComparer.Ordinal),
    ];
}
