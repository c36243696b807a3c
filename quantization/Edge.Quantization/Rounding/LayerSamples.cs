namespace Edge.Quantization.Rounding;

/// <summary>
/// A bounded number of columns of a layer's input in the quantized model, each with the layer's result in the float model.
/// Which columns are taken depends on the layer's and the sample's position alone. Not synchronized.
/// </summary>
/// <param name="layer">The layer.</param>
/// <param name="memory">Where they are kept: as many as fit are taken at most, each of <see cref="Floats"/>.</param>
/// <param name="perSample">Columns to take of each sample at most.</param>
internal sealed class LayerSamples(QuantizedLayer layer, Memory<float> memory, int perSample)
{
    private readonly List<int> _sampleOf = [];

    public QuantizedLayer Layer { get; } = layer;

    public int Count => _sampleOf.Count;

    /// <summary>What a column of a layer takes with its result.</summary>
    public static int Floats(QuantizedLayer layer) => layer.Geometry.Length + layer.Rows;

    /// <summary>All channels of the input, in the order of <see cref="PatchGeometry"/>.</summary>
    public Span<float> Column(int index) => memory.Span.Slice(index * Floats(Layer), Layer.Geometry.Length);

    /// <summary>All rows of the float result, before a Relu or Clip.</summary>
    public Span<float> Result(int index) => memory.Span.Slice((index * Floats(Layer)) + Layer.Geometry.Length, Layer.Rows);

    /// <summary>The sample that a column is of.</summary>
    public int SampleOf(int index) => _sampleOf[index];

    /// <summary>Takes columns of one sample.</summary>
    public void Add(int sample, ReadOnlySpan<float> input, Patches patches, Edge.Tensors.Tensor result)
    {
        int take = Math.Min(Math.Min(perSample, (memory.Length / Floats(Layer)) - Count), patches.Count);
        if (take <= 0) return;
        int axis = Layer.ChannelAxis < 0 ? result.Shape.Rank - 1 : Layer.ChannelAxis;
        int inner = result.Shape.Product(axis + 1, result.Shape.Rank);
        ReadOnlySpan<float> y = result.AsSpan<float>();
        foreach (int index in Positions(sample, take, patches.Count))
        {
            _sampleOf.Add(sample);
            patches.Read(input, index, Column(Count - 1));
            Span<float> row = Result(Count - 1);
            int at = (index / inner * Layer.Rows * inner) + (index % inner);
            for (int r = 0; r < row.Length; r++) row[r] = y[at + (r * inner)];
        }
    }

    /// <summary>Distinct positions, the same for a layer and sample in every run (Floyd's algorithm: Bentley and Floyd 1987).</summary>
    private IEnumerable<int> Positions(int sample, int take, int count)
    {
        if (take == count) return Enumerable.Range(0, count);
        var random = new Random(HashCodeOf(Layer.Level, sample));
        var chosen = new SortedSet<int>();
        for (int j = count - take; j < count; j++)
            if (!chosen.Add(random.Next(j + 1))) chosen.Add(j);
        return chosen;
    }

    private static int HashCodeOf(int level, int sample) => unchecked((level * 7919) + (sample * 104729) + 1);
}
