namespace Edge.Runtime.Operators.Einsum;

/// <summary>Runs the steps of an <see cref="EinsumChain"/>, the last of which writes the output.</summary>
internal sealed unsafe class EinsumExecutor(EinsumChain chain, int inputs) : Executor
{
    private readonly EinsumStep[] _steps = [.. chain.Steps];
    private readonly nint[] _offsets = [.. chain.Offsets];
    private readonly nint _temporaries = chain.TemporaryBytes;
    private readonly int _output = chain.Output;

    public override string Kernel { get; } = $"einsum ({string.Join(", ", chain.Steps.Select(s => s.Name))})";

    public override nint ScratchBytes { get; } = chain.TemporaryBytes + chain.Steps.Max(s => s.ScratchBytes);

    public override nint PackedBytes => _steps.Aggregate((nint)0, (sum, s) => sum + s.PackedBytes);

    public override long Macs => _steps.Sum(s => s.Macs);

    public override void Execute(in StepContext c)
    {
        float** slots = stackalloc float*[inputs + _offsets.Length];
        for (int i = 0; i < inputs; i++) slots[i] = c.Input<float>(i);
        for (int i = 0; i < _offsets.Length; i++) slots[inputs + i] = (float*)(c.Scratch + _offsets[i]);
        slots[_output] = c.Output<float>(0);
        foreach (EinsumStep step in _steps) step.Run(slots, c.Scratch + _temporaries, c.Pool);
    }

    public override void Dispose()
    {
        foreach (EinsumStep step in _steps) step.Dispose();
        base.Dispose();
    }
}
