namespace Edge.Runtime.Operators.Gather;

/// <summary>Single elements by index.</summary>
internal sealed unsafe class GatherElementsExecutor(ElementPlaces places, int elementBytes) : Executor
{
    public override string Kernel => $"gather_elements_{elementBytes}";

    public override void Execute(in StepContext c)
    {
        byte* data = c.Input<byte>(0), indices = c.Input<byte>(1), y = c.Output<byte>(0);
        switch (elementBytes)
        {
            case 1: Run(data, indices, y); break;
            case 2: Run((ushort*)data, indices, (ushort*)y); break;
            case 4: Run((uint*)data, indices, (uint*)y); break;
            default: Run((ulong*)data, indices, (ulong*)y); break;
        }
    }

    private void Run<T>(T* data, byte* indices, T* y) where T : unmanaged
    {
        for (int i = 0; i < places.Count; i++) y[i] = data[places.Of(indices, i)];
    }
}
