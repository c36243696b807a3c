namespace Edge.Runtime.Operators.Gather;

/// <summary>Slices by coordinates.</summary>
internal sealed unsafe class GatherNDExecutor(CoordinatePlaces places) : Executor
{
    public override string Kernel => "gather_nd";

    public override void Execute(in StepContext c)
    {
        byte* data = c.Input<byte>(0);
        long* indices = c.Input<long>(1);
        byte* y = c.Output<byte>(0);
        for (int i = 0; i < places.Count; i++)
            Buffer.MemoryCopy(data + places.Of(indices, i), y + i * places.SliceBytes, places.SliceBytes, places.SliceBytes);
    }
}
