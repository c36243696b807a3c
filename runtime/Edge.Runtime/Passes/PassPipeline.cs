using Edge.Runtime.Graph;
using Edge.Runtime.Passes.Movement;
using Edge.Runtime.Passes.Patterns;
using Edge.Runtime.Planning;

namespace Edge.Runtime.Passes;

/// <summary>The rewrites between import and planning, in order.</summary>
internal static class PassPipeline
{
    /// <summary>Rewrites as the session's options ask.</summary>
    public static void Run(ModelGraph graph, PlanSettings settings)
    {
        if (settings.Optimize) Optimize(graph, settings);
        else Clean(graph, settings);
    }

    /// <summary>Larger ones first, so that none takes a part of another.</summary>
    private static readonly Pattern[] s_patterns = [new AttentionPattern(), .. NormalizationPattern.All, .. ActivationPattern.All];

    /// <summary>Everything that makes the graph cheaper without changing what it computes, beyond rounding.</summary>
    /// <remarks>
    /// Quantized operators are fused first and see the graph as it was exported, so that the QDQ form of a model stays bit
    /// for bit its QOperator form. Then what is written out is recognised, which wants equal nodes merged and nothing
    /// folded; then folding, constants into weights before sums and activations into epilogues. Siblings differ by their
    /// activations. The layout comes after everything that fuses by operator, then movements, when all of them are there, and
    /// last what asks where channels lie.
    /// </remarks>
    public static void Optimize(ModelGraph graph, PlanSettings settings)
    {
        var kernels = settings.Kernels;
        // Import rounds to half precision where perhaps nobody asks for it; a value with one reader shall look like one.
        DeadNodeElimination.Run(graph);
        IdentityElimination.Run(graph);
        QdqFusion.Run(graph, kernels);
        WeightOnlyProducts.TakeNBits(graph);
        ConstantFolding.Run(graph, settings);

        CastFusion.Run(graph);
        BroadcastElimination.Run(graph);
        CommonSubexpressions.Run(graph);
        Pattern.Run(graph, s_patterns);

        SpaceToDepthFusion.Run(graph);
        PadFusion.Run(graph);
        AffineFusion.Run(graph);
        InputAffineFusion.Run(graph);
        ScaleShiftFusion.Run(graph);
        ResidualFusion.Run(graph);
        ActivationFusion.Run(graph);
        SiblingFusion.Run(graph);

        ChannelMoves.Run(graph);
        ChannelsLastLayout.Run(graph, kernels);
        IdentityElimination.Run(graph);
        TransposeSinking.Run(graph, kernels);
        MoveFusion.Run(graph);
        DeadNodeElimination.Run(graph);
        AccumulatorFusion.Run(graph);
        ResizedRowsFusion.Run(graph);
        ChannelJoin.Run(graph);
        StripFusion.Run(graph, settings);
    }

    /// <summary>Only what planning needs: nothing dead, constants computed.</summary>
    public static void Clean(ModelGraph graph, PlanSettings settings)
    {
        ConstantFolding.Run(graph, settings);
        DeadNodeElimination.Run(graph);
    }
}
