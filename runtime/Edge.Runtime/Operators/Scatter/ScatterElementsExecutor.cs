using Edge.Runtime.Operators.Gather;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Scatter;

/// <summary>Copies the data and applies the updates one after the other.</summary>
internal sealed unsafe class ScatterElementsExecutor(ElementPlaces places, int count, DataType type, string? reduction) : Executor
{
    private readonly delegate*<void*, void*, nint, void> _combine = reduction is null ? null : Reduction.Find(reduction, type);

    public override string Kernel => "scatter_elements_" + (reduction ?? "replace");

    public override void Execute(in StepContext c)
    {
        int element = type.Size();
        byte* x = c.Input<byte>(0), indices = c.Input<byte>(1), updates = c.Input<byte>(2), y = c.Output<byte>(0);
        nint bytes = (nint)count * element;
        if (x != y) Buffer.MemoryCopy(x, y, bytes, bytes);
        for (int i = 0; i < places.Count; i++)
        {
            byte* to = y + places.Of(indices, i) * element, from = updates + (nint)i * element;
            if (_combine is not null) _combine(to, from, 1);
            else Buffer.MemoryCopy(from, to, element, element);
        }
    }
}
