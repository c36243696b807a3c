namespace Edge.Quantization.Rounding;

/// <summary>
/// A bounded number of columns of a layer's input in the quantized model, each with the layer's result in the float model.
/// Which columns are taken depends on the layer's and the sample's position alone. Not synchronized.
/// </summary>
/// <param name="layer">The layer.</param>
/// <param name="most">Columns to take at most.</param>
/// <param name="perSample">Columns to take of each sample at most.</param>
internal sealed class LayerSamples(QuantizedLayer layer, int most, int perSample)
{
    private readonly List<float[]> _columns = [], _results = [];
    private readonly List<int> _sampleOf = [];

    public QuantizedLayer Layer { get; } = layer;

    public int Count => _columns.Count;

    /// <summary>All channels of the input, in the order of <see cref="PatchGeometry"/>.</summary>
    public float[] Column(int index) => _columns[index];

    /// <summary>All rows of the float result, before a Relu or Clip.</summary>
    public float[] Result(int index) => _results[index];

    /// <summary>The sample that a column is of.</summary>
    public int SampleOf(int index) => _sampleOf[index];

    /// <summary>Takes columns of one sample.</summary>
    public void Add(int sample, ReadOnlySpan<float> input, Patches patches, Edge.Tensors.Tensor result)
    {
        int take = Math.Min(Math.Min(perSample, most - Count), patches.Count);
        if (take <= 0) return;
        int axis = Layer.ChannelAxis < 0 ? result.Shape.Rank - 1 : Layer.ChannelAxis;
        int inner = result.Shape.Product(axis + 1, result.Shape.Rank);
        ReadOnlySpan<float> y = result.AsSpan<float>();
        foreach (int index in Positions(sample, take, patches.Count))
        {
            var column = new float[Layer.Geometry.Length];
            patches.Read(input, index, column);
            var row = new float[Layer.Rows];
            int at = (index / inner * Layer.Rows * inner) + (index % inner);
            for (int r = 0; r < row.Length; r++) row[r] = y[at + (r * inner)];
            _columns.Add(column);
            _results.Add(row);
            _sampleOf.Add(sample);
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
