using Edge.Runtime.Execution;
using Edge.Tensors;

namespace Edge.Runtime;

/// <summary>How a model runs for given input shapes.</summary>
/// <param name="Isa">The kernel set.</param>
/// <param name="InputShapes">The shapes that the plan was made for.</param>
/// <param name="Steps">What is executed, in order.</param>
/// <param name="ArenaBytes">Memory for activations and scratch.</param>
/// <param name="PackedBytes">Memory for packed weights.</param>
/// <param name="ActivationBytes">What the activations would take if none shared memory.</param>
public sealed record PlanDescription(
    string Isa,
    IReadOnlyList<Shape> InputShapes,
    IReadOnlyList<PlannedStep> Steps,
    long ArenaBytes,
    long PackedBytes,
    long ActivationBytes)
{
    /// <summary>Steps after which threads wait for each other.</summary>
    public int Meetings => Steps.Count - Steps.Count(s => s.Chained);

    /// <summary>Multiply-accumulates of one run.</summary>
    public long Macs => Steps.Sum(s => s.Macs);

    internal static PlanDescription Of(ExecutionPlan plan, string isa) => new(
        isa,
        [.. plan.Inputs.Select(i => i.Shape!.Value)],
        [.. plan.Steps.Select((s, i) => new PlannedStep(
            s.Node.Name, s.Node.Domain, s.Node.OpType, s.Kernel,
            s.Node.Outputs.Count > 0 && s.Node.Outputs[0] is { } v ? v.ToString()[(v.Name.Length + 2)..] : "", s.Macs, s.PackedBytes, plan.IsChained(i)))],
        plan.Arena.ByteLength,
        plan.Steps.Sum(s => (long)s.PackedBytes),
        plan.Steps.SelectMany(s => s.Node.Outputs).Where(v => v is { IsStatic: true }).Sum(v => (long)v!.Shape!.Value.Count * v.Type.Size()));
}

/// <summary>One step of a plan.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="Domain">The operator's domain; <c>edge</c> for those that passes made.</param>
/// <param name="OpType">The operator, after fusion.</param>
/// <param name="Kernel">The kernel that does the work.</param>
/// <param name="Output">Type and shape of the first output.</param>
/// <param name="Macs">Multiply-accumulates.</param>
/// <param name="PackedBytes">Packed weights that the step holds.</param>
/// <param name="Chained">Threads go on to it from the step before with the rows that they have, and do not wait for each other in between.</param>
public sealed record PlannedStep(string Name, string Domain, string OpType, string Kernel, string Output, long Macs, long PackedBytes, bool Chained = false);
