using Edge.Kernels;
using Edge.Runtime.Execution;

namespace Edge.Runtime.Planning;

/// <summary>What import, planning and the graphs inside of nodes need to know of a session's options.</summary>
/// <param name="Kernels">The kernels to choose from.</param>
/// <param name="Threads">Threads of the pool that will run the plan.</param>
/// <param name="Optimize">Whether passes rewrite the graph.</param>
/// <param name="Limits">What a model may ask for.</param>
/// <param name="Throttle">Keeps runs to a share of the processors; null for no limit.</param>
internal sealed record PlanSettings(KernelSet Kernels, int Threads, bool Optimize, SessionLimits Limits, CpuThrottle? Throttle = null)
{
    /// <summary>Of the session: shared by its plans and those of graphs inside of nodes.</summary>
    public MemoryBudget Memory { get; } = new(Limits.MaxActivationBytes);

    /// <inheritdoc cref="Memory"/>
    public RunBudget Run { get; } = new(Limits, Throttle);
}
