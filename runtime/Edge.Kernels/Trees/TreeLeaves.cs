using System.Numerics;

namespace Edge.Kernels.Trees;

/// <summary>What the leaves of a forest give: each a run of weights, every one for a target.</summary>
/// <param name="Starts">Where the weights of each leaf begin, and one more entry where those of the last end.</param>
/// <param name="Targets">The target of each weight.</param>
/// <param name="Weights">In the order of the leaves.</param>
public sealed record TreeLeaves<T>(int[] Starts, int[] Targets, T[] Weights) where T : unmanaged, IBinaryFloatingPointIeee754<T>;
