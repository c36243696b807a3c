using Edge.Tensors;

namespace Edge.Runtime.Operators.Constants;

/// <summary>Writes one value <paramref name="count"/> times.</summary>
internal sealed unsafe class FillExecutor(Tensor value, int count, int output = 0) : Executor
{
    public override string Kernel => "fill";

    public override void Execute(in StepContext c)
    {
        byte* y = c.Output<byte>(output);
        switch (value.Type.Size())
        {
            case 1: new Span<byte>(y, count).Fill(*value.Data); break;
            case 2: new Span<ushort>(y, count).Fill(*(ushort*)value.Data); break;
            case 4: new Span<uint>(y, count).Fill(*(uint*)value.Data); break;
            default: new Span<ulong>(y, count).Fill(*(ulong*)value.Data); break;
        }

        GC.KeepAlive(value);
    }
}
