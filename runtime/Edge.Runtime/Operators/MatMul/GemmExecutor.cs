using Edge.Kernels.Dense;

namespace Edge.Runtime.Operators.MatMul;

/// <summary>Gemm with packed weights. What is added is part of the bias, or given as a residual.</summary>
internal sealed unsafe class GemmExecutor(PreparedConvF32 kernel, GemmShape g, GemmLeft left, GemmAddend? addend) : Executor
{
    public override string Kernel => kernel.KernelName;

    public override nint ScratchBytes => left.ScratchBytes + (addend?.ScratchBytes ?? 0) + kernel.ScratchBytes;

    public override nint PackedBytes => kernel.PackedBytes;

    public override long Macs => (long)g.M * g.K * g.N;

    public override bool Reads(int input) => input == 0 || (input == GemmShape.C && addend is not null);

    public override void Execute(in StepContext c)
    {
        if (g.M == 0 || g.N == 0) return;
        float* a = left.Get(c.Input<float>(0), c.Scratch, c.Pool);
        byte* scratch = c.Scratch + left.ScratchBytes;
        float* added = addend is null ? null : addend.Get(c.Input<float>(GemmShape.C), scratch);
        kernel.Run(a, added, c.Output<float>(0), scratch + (addend?.ScratchBytes ?? 0), c.Pool);
    }

    public override void Dispose()
    {
        kernel.Dispose();
        base.Dispose();
    }
}
