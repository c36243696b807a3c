using Edge.Kernels.Dense;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Layout;
using Edge.Kernels.Reduction;
using Edge.Kernels.Threading;
using Edge.Runtime.Operators.MatMul;

namespace Edge.Runtime.Operators.Einsum;

/// <summary>One step of an Einsum. Operands and results are slots: inputs first, then temporaries.</summary>
internal abstract unsafe class EinsumStep : IDisposable
{
    public abstract string Name { get; }

    public virtual nint ScratchBytes => 0;

    public virtual nint PackedBytes => 0;

    public virtual long Macs => 0;

    public abstract void Run(float** slots, byte* scratch, WorkerPool pool);

    public virtual void Dispose()
    {
    }
}

internal sealed unsafe class EinsumCopy(StridedCopy copy, int from, int to) : EinsumStep
{
    public override string Name => copy.Name;

    public override void Run(float** slots, byte* scratch, WorkerPool pool) => copy.Run((byte*)slots[from], (byte*)slots[to], pool);
}

internal sealed unsafe class EinsumSum(ReduceKernel kernel, int from, int to) : EinsumStep
{
    public override string Name => kernel.Name;

    public override void Run(float** slots, byte* scratch, WorkerPool pool) => kernel.Run(slots[from], slots[to], pool);
}

internal sealed unsafe class EinsumMultiply(BinaryKernel kernel, Broadcast plan, int a, int b, int to) : EinsumStep
{
    public override string Name => kernel.Name;

    public override void Run(float** slots, byte* scratch, WorkerPool pool) => kernel.Run(slots[a], slots[b], slots[to], plan, pool);
}

internal sealed unsafe class EinsumProducts(MatMulBatch products, long macs, int a, int b, int to) : EinsumStep
{
    public override string Name => "matmul_f32";

    public override nint ScratchBytes => products.ScratchBytes;

    public override long Macs => macs;

    public override void Run(float** slots, byte* scratch, WorkerPool pool) => products.Run(slots[a], slots[b], slots[to], scratch, pool);
}

/// <summary>A product with weights.</summary>
internal sealed unsafe class EinsumPacked(PreparedConvF32 kernel, long macs, int a, int to) : EinsumStep
{
    public override string Name => kernel.KernelName;

    public override nint ScratchBytes => kernel.ScratchBytes;

    public override nint PackedBytes => kernel.PackedBytes;

    public override long Macs => macs;

    public override void Run(float** slots, byte* scratch, WorkerPool pool) => kernel.Run(slots[a], null, slots[to], scratch, pool);

    public override void Dispose()
    {
        kernel.Dispose();
        base.Dispose();
    }
}
