using Edge.Kernels.Dense;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Conv;
using Edge.Runtime.Planning;
using Edge.Tensors;

namespace Edge.Runtime.Passes;

/// <summary>
/// Depthwise convolutions are computed together with the pointwise ones before and after them, by strips of rows, so that what lies
/// between them stays in the cache of one core, where <see cref="StripPlan"/> says that this is worth it.
/// </summary>
internal static class StripFusion
{
    public static void Run(ModelGraph graph, PlanSettings settings)
    {
        if (!settings.Kernels.Dense.TakesPixels) return;
        foreach (var node in graph.Nodes.ToArray()) TryFuse(graph, node, settings);
    }

    private static void TryFuse(ModelGraph graph, Node depthwise, PlanSettings settings)
    {
        if (Stage(depthwise) is not { IsDepthwise: true } g || g.InChannels != g.OutChannels || Residual(depthwise) is not null) return;
        Node? before = depthwise.Inputs[0]!.Producer, after = graph.OnlyConsumer(depthwise.Outputs[0]!);
        if (before is not null && (!IsPointwise(before) || Residual(before) is not null || graph.OnlyConsumer(before.Outputs[0]!) != depthwise || !Fits(before, depthwise))) before = null;
        if (after is not null && (!IsPointwise(after) || after.Inputs[0] != depthwise.Outputs[0] || !Fits(depthwise, after))) after = null;
        List<Node> stages = [.. new[] { before, depthwise, after }.OfType<Node>()];
        int elementBytes = depthwise.Inputs[0]!.Type.Size();
        var all = new StripStages(g, before is not null, after is not null, elementBytes, stages.Sum(s => Stage(s)!.Value.Macs));
        if (StripPlan.Find(all, settings.Threads, sameBits: elementBytes == 1 || settings.Kernels.Dense.HasSameBitsAmongMany) is not { } plan) return;
        int at = graph.Nodes.IndexOf(stages[^1]);
        foreach (var stage in stages) stage.BecomePart();
        graph.Nodes[at] = ConvStripsOperator.Make(graph, stages, plan);
        foreach (var stage in stages) graph.Nodes.Remove(stage);
    }

    private static ConvGeometry? Stage(Node node) => ConvStripsOperator.FindStageOperator(node)?.StageOf(node);

    private static Value? Residual(Node node) => ConvStripsOperator.FindStageOperator(node)!.ResidualOf(node);

    /// <summary>What one computes is of the type that the other does.</summary>
    private static bool Fits(Node first, Node second) => first.OpType == second.OpType && first.Outputs[0]!.Type.Size() == second.Outputs[0]!.Type.Size();

    private static bool IsPointwise(Node node) => Stage(node) is
    {
        KernelHeight: 1, KernelWidth: 1, StrideHeight: 1, StrideWidth: 1, PadTop: 0, PadLeft: 0, Group: 1,
    } g && g.InHeight == g.OutHeight && g.InWidth == g.OutWidth;
}
