using Edge.Kernels.Threading;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators;

namespace Edge.Runtime.Execution;

/// <summary>
/// A step whose shapes were known when the plan was built. Its pointers are fixed, except those to the tensors of the
/// caller, which the plan exchanges before each run.
/// </summary>
internal sealed unsafe class StaticStep(Node node, Executor executor, void** inputs, void** outputs) : PlanStep(node)
{
    private readonly PointerTable _inputs = new(inputs, node.Inputs.Count);
    private readonly PointerTable _outputs = new(outputs, node.Outputs.Count);

    public override string Kernel => executor.Kernel;

    public override long Macs => executor.Macs;

    public override nint PackedBytes => executor.PackedBytes;

    public nint ScratchBytes => executor.ScratchBytes;

    /// <summary>Set once, when the arena exists.</summary>
    public byte* Scratch { get; set; }

    public override void Run(WorkerPool pool) => executor.Execute(new StepContext(_inputs, _outputs, Scratch, pool, null));

    /// <summary>Computes some of <paramref name="rows"/> rows on the calling thread, where the executor is an <see cref="IRowExecutor"/>.</summary>
    public void RunRows(nint rows, nint first, nint count, byte* scratch) =>
        ((IRowExecutor)executor).ExecuteRows(new StepContext(_inputs, _outputs, scratch, WorkerPool.Inline, null), rows, first, count);

    public override void Dispose() => executor.Dispose();
}
