using Edge.Kernels;
using Edge.Kernels.Threading;
using Edge.Runtime;
using Edge.Runtime.Execution;
using Edge.Runtime.Import;
using Edge.Runtime.Passes;
using Edge.Runtime.Planning;

namespace Edge.Conformance;

/// <summary>Runs a model whose inputs or outputs are sequences or optionals, which sessions refuse: the plan itself takes them.</summary>
internal static class ValuePlan
{
    public static RunValue[] Run(Model model, RunValue[] inputs, bool optimize)
    {
        var settings = new PlanSettings(KernelCatalog.Select(null), 1, optimize, SessionLimits.Default);
        Formal[] formals = [.. model.Inputs.Select((info, i) => new Formal(info.Name, inputs[i].Tensor?.Type ?? default, inputs[i].Tensor?.Shape))];
        var graph = GraphImporter.Import(ImportFrame.Of(model, settings), model.Proto.Graph!, formals);
        PassPipeline.Run(graph, settings);
        var plan = PlanBuilder.Build(graph, settings);
        return plan.Run(inputs, WorkerPool.Inline, profile: false);
    }

    /// <summary>The first difference, described; null if there is none.</summary>
    public static string? Difference(RunValue expected, RunValue actual)
    {
        if (expected.Tensor is { } t) return actual.Tensor is { } got ? TensorComparison.Difference(t, got) : "no tensor";
        if (expected.Sequence is not { } sequence) return actual.IsPresent ? "something where nothing is expected" : null;
        if (actual.Sequence is not { } items) return "no sequence";
        if (items.Count != sequence.Count) return $"{items.Count} elements instead of {sequence.Count}";
        return Enumerable.Range(0, items.Count).Select(i => TensorComparison.Difference(sequence[i], items[i]) is { } d ? $"element {i}: {d}" : null).FirstOrDefault(d => d is not null);
    }
}
