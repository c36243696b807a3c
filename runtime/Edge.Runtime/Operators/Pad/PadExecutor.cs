using Edge.Kernels.Layout;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Pad;

/// <summary>Writes the padded tensor.</summary>
/// <param name="copy">Where each element comes from.</param>
/// <param name="fill">The constant, where no input holds it.</param>
/// <param name="valueInput">The input that holds the constant; −1 for none.</param>
internal sealed unsafe class PadExecutor(IndexedCopy copy, Tensor fill, int valueInput) : Executor
{
    public override string Kernel => "pad_" + copy.Name;

    public override void Execute(in StepContext c)
    {
        byte* value = valueInput < 0 ? fill.Data : c.Input<byte>(valueInput);
        copy.Run(c.Input<byte>(0), c.Output<byte>(0), value, c.Pool);
        GC.KeepAlive(fill);
    }
}
