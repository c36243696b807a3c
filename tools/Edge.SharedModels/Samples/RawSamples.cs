using Edge.Tensors;

namespace Edge.SharedModels.Samples;

/// <summary>Samples of one size, made from bytes that lie behind each other.</summary>
/// <param name="shape">Of one input.</param>
/// <param name="count">How many there are.</param>
/// <param name="read">Writes sample <c>index</c>.</param>
/// <param name="label">The class of a sample.</param>
internal sealed class RawSamples(Shape shape, int count, Action<int, Span<float>> read, Func<int, int> label) : ISamples
{
    private readonly Tensor _input = Tensor.Create<float>(shape);

    public int Count => count;

    public Tensor Input(int index)
    {
        read(index, _input.AsSpan<float>());
        return _input;
    }

    public int Label(int index) => label(index);
}
