using Edge.Runtime;
using Edge.Tensors;

namespace Edge.OnnxRuntime.Tests.Selection;

/// <summary>Takes a stated time by a clock that tests move, and returns stated numbers.</summary>
internal sealed class FakeSession(ManualClock clock, double milliseconds, params float[] output) : IInferenceSession
{
    public int Runs { get; private set; }

    public bool Disposed { get; private set; }

    public IReadOnlyList<TensorInfo> Inputs { get; } = [new("x", DataType.Float32, [new Dimension(1), new Dimension(4)])];

    public IReadOnlyList<TensorInfo> Outputs { get; } = [new("y", DataType.Float32, [new Dimension(1), new Dimension(output.Length)])];

    public string Provider => "fake";

    public IReadOnlyList<Tensor> Run(params ReadOnlySpan<Tensor> inputs)
    {
        Assert.False(Disposed);
        Runs++;
        clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        return [Models.Row(output)];
    }

    public void Dispose() => Disposed = true;
}
