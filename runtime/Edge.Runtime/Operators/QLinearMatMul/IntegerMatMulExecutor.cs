using Edge.Kernels.Dense;

namespace Edge.Runtime.Operators.QLinearMatMul;

/// <summary>An integer product with packed weights.</summary>
/// <param name="kernel">Owned.</param>
/// <param name="macs">Multiply-accumulates.</param>
/// <param name="correction">Takes the zero points of A off where they are one a row, or only a run brings them; else null.</param>
/// <param name="zeroPoint">The input with those zero points.</param>
/// <param name="signed">They are int8; else uint8.</param>
internal sealed unsafe class IntegerMatMulExecutor(PreparedConvInt8 kernel, long macs, RowCorrection? correction, int zeroPoint, bool signed) : Executor
{
    public override string Kernel => kernel.KernelName;

    public override nint ScratchBytes => kernel.ScratchBytes;

    public override nint PackedBytes => kernel.PackedBytes;

    public override long Macs => macs;

    public override bool Reads(int input) => input == 0 || (correction is not null && input == zeroPoint);

    public override void Execute(in StepContext c)
    {
        kernel.Run(c.Input<byte>(0), c.Output<byte>(0), c.Scratch, c.Pool);
        correction?.Run(c.Output<int>(0), c.Input<byte>(zeroPoint), signed);
    }

    public override void Dispose()
    {
        kernel.Dispose();
        base.Dispose();
    }
}
