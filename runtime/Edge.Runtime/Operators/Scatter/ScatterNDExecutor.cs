using Edge.Runtime.Operators.Gather;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Scatter;

/// <summary>Copies the data and applies the slices one after the other.</summary>
internal sealed unsafe class ScatterNDExecutor(CoordinatePlaces places, int count, DataType type, string? reduction) : Executor
{
    private readonly delegate*<void*, void*, nint, void> _combine = reduction is null ? null : Reduction.Find(reduction, type);

    public override string Kernel => "scatter_nd_" + (reduction ?? "replace");

    public override void Execute(in StepContext c)
    {
        byte* x = c.Input<byte>(0), updates = c.Input<byte>(2), y = c.Output<byte>(0);
        long* indices = c.Input<long>(1);
        nint bytes = (nint)count * type.Size(), slice = places.SliceBytes;
        if (x != y) Buffer.MemoryCopy(x, y, bytes, bytes);
        for (int i = 0; i < places.Count; i++)
        {
            byte* to = y + places.Of(indices, i), from = updates + i * slice;
            if (_combine is not null) _combine(to, from, slice / type.Size());
            else Buffer.MemoryCopy(from, to, slice, slice);
        }
    }
}
