using Edge.Tensors;

namespace Edge.Runtime.Operators.MatMul;

/// <summary>A product over no elements: every sum is 0, before bias and activation.</summary>
internal sealed unsafe class EmptyProductExecutor : Executor
{
    private readonly nint _bytes;

    public EmptyProductExecutor(PrepareContext c)
    {
        var y = c.OutputShape();
        _bytes = (nint)y.Count * c.OutputType().Size();
        if (_bytes > 0 && (c.Has(2) || c.Attributes.Has("activation")))
            throw c.Node.Error($"{c.Shape(0)} · {c.Shape(1)} has no inner elements; a fused bias or activation is not supported there");
    }

    public override string Kernel => "fill_zero";

    public override void Execute(in StepContext c) => new Span<byte>(c.Output<byte>(0), checked((int)_bytes)).Clear();
}
