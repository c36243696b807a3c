using Edge.Kernels.Dense;

namespace Edge.Runtime.Operators.Conv;

/// <summary>Convolutions in strips.</summary>
/// <param name="strips">Owned.</param>
/// <param name="macs">Of all stages.</param>
/// <param name="residual">The input that is added before the last activation; −1 for none.</param>
internal sealed unsafe class ConvStripsExecutor(ConvStrips strips, long macs, int residual) : Executor
{
    public override string Kernel => strips.KernelName;

    public override nint ScratchBytes => strips.ScratchBytes;

    public override void SpreadScratch(nint bytes) => strips.SpreadScratch(bytes);

    public override nint PackedBytes => strips.PackedBytes;

    public override long Macs => macs;

    public override bool Reads(int input) => input == 0 || input == residual;

    public override void Execute(in StepContext c) =>
        strips.Run(c.Input<byte>(0), residual < 0 ? null : c.Input<byte>(residual), c.Output<byte>(0), c.Scratch, c.Pool);

    public override void Dispose()
    {
        strips.Dispose();
        base.Dispose();
    }
}
