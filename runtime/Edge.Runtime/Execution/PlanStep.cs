using Edge.Kernels.Threading;
using Edge.Runtime.Graph;

namespace Edge.Runtime.Execution;

/// <summary>One position of a plan.</summary>
internal abstract class PlanStep(Node node) : IDisposable
{
    public Node Node { get; } = node;

    public abstract string Kernel { get; }

    public virtual long Macs => 0;

    public virtual nint PackedBytes => 0;

    /// <summary>Stopwatch ticks of all profiled runs.</summary>
    public long Ticks { get; set; }

    public abstract void Run(WorkerPool pool);

    public abstract void Dispose();
}
