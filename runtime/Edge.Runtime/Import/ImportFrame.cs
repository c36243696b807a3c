using Edge.Onnx;
using Edge.Runtime.Planning;

namespace Edge.Runtime.Import;

/// <summary>What holds for one stretch of nodes: the model's own graph, the body of a function, or a subgraph of either.</summary>
/// <param name="Model">The model.</param>
/// <param name="Settings">Kernels and limits.</param>
/// <param name="Budget">Shared by all frames of a session.</param>
/// <param name="Opsets">Version by domain, as the model or the function imports it.</param>
/// <param name="Attributes">Inside a function: the values of its attributes by name.</param>
/// <param name="Path">What stands before the names of nodes: <c>loop/body/</c>.</param>
/// <param name="Depth">How many functions and subgraphs are around.</param>
internal sealed record ImportFrame(
    Model Model,
    PlanSettings Settings,
    NodeBudget Budget,
    IReadOnlyDictionary<string, int> Opsets,
    IReadOnlyDictionary<string, AttributeProto>? Attributes,
    string Path,
    int Depth)
{
    /// <summary>The frame of the model's own graph.</summary>
    public static ImportFrame Of(Model model, PlanSettings settings) =>
        new(model, settings, new NodeBudget(settings.Limits), OpsetsOf(model.Proto.OpsetImports, model.Name), null, "", 0);

    /// <summary>The frame of a subgraph or function inside of this one.</summary>
    /// <exception cref="ModelException">They are nested too deeply.</exception>
    public ImportFrame Enter(string name)
    {
        if (Depth == Settings.Limits.MaxSubgraphDepth)
            throw new ModelException($"'{Path}{name}' is nested more than {Depth} levels deep; {nameof(SessionLimits)}.{nameof(SessionLimits.MaxSubgraphDepth)} allows no more");
        return this with { Path = $"{Path}{name}/", Depth = Depth + 1 };
    }

    public static Dictionary<string, int> OpsetsOf(IEnumerable<OperatorSetIdProto> imports, string name)
    {
        var opsets = new Dictionary<string, int>();
        foreach (var o in imports)
        {
            if (o.Version is < 1 or > int.MaxValue) throw new ModelException($"{name}: version {o.Version} of operator set '{OperatorSupport.Canonical(o.Domain)}' is out of range");
            opsets[OperatorSupport.Canonical(o.Domain)] = (int)o.Version;
        }

        return opsets;
    }
}

/// <summary>
/// Counts nodes while functions are inlined: a few bytes of functions that call each other twice make billions; and bytes
/// of results that are computed at once.
/// </summary>
internal sealed class NodeBudget(SessionLimits limits)
{
    private int _taken;
    private long _folded;

    /// <summary>
    /// Whether another result of so many bytes may be computed while the graph is built; if not, a run does it. All
    /// together may take eight times what one may.
    /// </summary>
    public bool TryFold(long bytes)
    {
        if (bytes > limits.MaxFoldedBytes || _folded + bytes > 8 * limits.MaxFoldedBytes) return false;
        _folded += bytes;
        return true;
    }

    /// <exception cref="ModelException">There are too many.</exception>
    public void Take()
    {
        if (++_taken > limits.MaxNodes) throw new ModelException($"the graph has more than {limits.MaxNodes:N0} nodes with its functions inlined; {nameof(SessionLimits)}.{nameof(SessionLimits.MaxNodes)} allows no more");
    }
}
