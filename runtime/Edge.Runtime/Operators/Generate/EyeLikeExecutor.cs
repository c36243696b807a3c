using Edge.Tensors;

namespace Edge.Runtime.Operators.Generate;

/// <summary>Zeros with <paramref name="one"/> at <c>[r, r + k]</c>.</summary>
internal sealed unsafe class EyeLikeExecutor(Shape shape, long k, Tensor one) : Executor
{
    public override string Kernel => "eye";

    public override void Execute(in StepContext c)
    {
        int element = one.Type.Size();
        byte* y = c.Output<byte>(0);
        new Span<byte>(y, shape.Count * element).Clear();
        for (int r = 0; r < shape[0]; r++)
        {
            long column = r + k;
            if (column >= 0 && column < shape[1]) one.Bytes.CopyTo(new Span<byte>(y + ((nint)r * shape[1] + (nint)column) * element, element));
        }

        GC.KeepAlive(one);
    }
}
