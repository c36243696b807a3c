using Edge.Kernels.Layout;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Pad;

/// <summary>Writes a tensor each of whose elements is one of the input, or a constant.</summary>
/// <param name="operation">What the copy does, for the kernel's name.</param>
/// <param name="copy">Where each element comes from.</param>
/// <param name="fill">The constant, where no input holds it.</param>
/// <param name="valueInput">The input that holds the constant; −1 for none.</param>
internal sealed unsafe class IndexedExecutor(string operation, IndexedCopy copy, Tensor fill, int valueInput) : Executor
{
    public override string Kernel => $"{operation}_{copy.Name}";

    public override void Execute(in StepContext c)
    {
        byte* value = valueInput < 0 ? fill.Data : c.Input<byte>(valueInput);
        copy.Run(c.Input<byte>(0), c.Output<byte>(0), value, c.Pool);
        GC.KeepAlive(fill);
    }
}
