using Edge.Tensors;

namespace Edge.Training;

/// <summary>
/// What flows between two operations: a batch of samples, <c>[batch, height, width, channels]</c>, float32, and, on the
/// way back, the loss's derivative by each of its elements. Owned by the graph that made it.
/// </summary>
public sealed unsafe class Value
{
    private readonly Tensor _data;
    private Tensor? _gradient;

    internal Value(string name, Extent extent, int batch, bool carriesGradient)
    {
        Name = name;
        Extent = extent;
        Batch = batch;
        CarriesGradient = carriesGradient;
        _data = Tensor.Create<float>(new Shape(batch, extent.Height, extent.Width, extent.Channels));
    }

    /// <summary>Unique in its graph; the name that the exported model gives it.</summary>
    public string Name { get; }

    public Extent Extent { get; }

    public int Batch { get; }

    /// <summary>Something that is trained lies upstream, so a derivative is worth computing.</summary>
    public bool CarriesGradient { get; }

    /// <summary>The whole batch.</summary>
    public Span<float> Data => _data.AsSpan<float>();

    /// <summary>One sample of the batch.</summary>
    public Span<float> Sample(int n) => Data.Slice(n * Extent.Count, Extent.Count);

    /// <summary>The derivative that the last backward pass left, or that <see cref="SeedGradient"/> opened.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public ReadOnlySpan<float> Gradient => HasGradient && _gradient is not null
        ? _gradient.AsSpan<float>()
        : throw new InvalidOperationException($"value '{Name}' has no gradient: no loss depends on it");

    /// <summary>
    /// Opens this value's derivative for a loss to write, all zeros; the next backward pass starts here. Several values
    /// may be opened.
    /// </summary>
    public Span<float> SeedGradient()
    {
        HasGradient = true;
        Span<float> gradient = EnsureGradient().AsSpan<float>();
        gradient.Clear();
        return gradient;
    }

    /// <summary>The derivative was written in this backward pass.</summary>
    internal bool HasGradient { get; private set; }

    internal float* At(int n) => (float*)_data.Data + (nint)n * Extent.Count;

    internal float* GradientAt(int n) => (float*)EnsureGradient().Data + (nint)n * Extent.Count;

    internal void ForgetGradient() => HasGradient = false;

    /// <summary>Called before an operation writes this derivative: whether it must add to what is there.</summary>
    internal bool ClaimGradient()
    {
        EnsureGradient();
        bool add = HasGradient;
        HasGradient = true;
        return add;
    }

    private Tensor EnsureGradient() => _gradient ??= Tensor.Create<float>(_data.Shape);
}
