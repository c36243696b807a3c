using Edge.Runtime.Operators.Constants;

namespace Edge.Runtime.Operators.Reshape;

/// <summary>Copies the input and writes a mask of <paramref name="count"/> times <paramref name="one"/>.</summary>
internal sealed unsafe class DropoutExecutor(nint bytes, Tensors.Tensor one, int count) : Executor
{
    private readonly FillExecutor _mask = new(one, count, output: 1);

    public override string Kernel => "dropout_with_mask";

    public override void Execute(in StepContext c)
    {
        Buffer.MemoryCopy(c.Input<byte>(0), c.Output<byte>(0), bytes, bytes);
        _mask.Execute(c);
    }
}
