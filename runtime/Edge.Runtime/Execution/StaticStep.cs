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

    /// <summary>Computes some rows on the calling thread, where the executor is an <see cref="IRowExecutor"/>.</summary>
    /// <param name="inputs">Pointers to the inputs.</param>
    /// <param name="outputs">Pointers to the outputs.</param>
    /// <param name="rows">Rows of the whole.</param>
    /// <param name="first">The first one.</param>
    /// <param name="count">How many.</param>
    /// <param name="scratch">For the executor.</param>
    public void RunRows(void** inputs, void** outputs, nint rows, nint first, nint count, byte* scratch)
    {
        var c = new StepContext(new PointerTable(inputs, Node.Inputs.Count), new PointerTable(outputs, Node.Outputs.Count), scratch, WorkerPool.Inline, null);
        ((IRowExecutor)executor).ExecuteRows(c, rows, first, count);
    }

    public override void Dispose() => executor.Dispose();
}
