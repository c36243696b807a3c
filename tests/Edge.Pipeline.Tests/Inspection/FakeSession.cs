using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Pipeline.Tests.Inspection;

/// <summary>A model whose outputs are computed by the test.</summary>
internal sealed class FakeSession(TensorInfo input, IReadOnlyList<TensorInfo> outputs, Func<Tensor, Tensor[]> run) : IInferenceSession
{
    public IReadOnlyList<TensorInfo> Inputs { get; } = [input];

    public IReadOnlyList<TensorInfo> Outputs => outputs;

    public string Provider => "fake";

    public int Runs { get; private set; }

    public IReadOnlyList<Tensor> Run(params ReadOnlySpan<Tensor> inputs)
    {
        Runs++;
        return run(inputs[0]);
    }

    public void Dispose()
    {
    }

    /// <summary>A classifier of 8 × 8 grey pictures: class 1 as likely as the picture is bright.</summary>
    public static FakeSession Brightness(Action? onRun = null) => new(
        Made.Info("image", 1, 1, 8, 8), [Made.Info("prob", 1, 2)], input =>
        {
            onRun?.Invoke();
            float bright = 0;
            foreach (float v in input.AsSpan<float>()) bright += v / input.Count;
            return [Made.Tensor([1, 2], 1 - bright, bright)];
        });
}
