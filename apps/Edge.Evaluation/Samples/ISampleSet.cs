using Edge.Tensors;

namespace Edge.Evaluation.Samples;

/// <summary>Inputs of a model by position, read as they are asked for. Going forward is quick. Not synchronized.</summary>
internal interface ISampleSet
{
    int Count { get; }

    /// <summary>Whether reading in any order is about as quick as going forward.</summary>
    bool ReadsAnywhere { get; }

    /// <summary>What reports call a sample: its file, and where in it.</summary>
    string Name(int index);

    /// <summary>One tensor an input. The list and its tensors belong to the set and are overwritten by the next call.</summary>
    IReadOnlyList<Tensor> Read(int index);
}

/// <summary>Some samples of a set; remembers which one is in the set's tensors, so that asking again for it costs nothing.</summary>
/// <param name="set">All of them.</param>
/// <param name="indices">Positions in it, in the order of reading.</param>
internal sealed class SelectedSamples(ISampleSet set, IReadOnlyList<int> indices) : ISampleSet
{
    private IReadOnlyList<Tensor> _current = [];
    private int _index = -1;

    public int Count => indices.Count;

    public bool ReadsAnywhere => set.ReadsAnywhere;

    public IReadOnlyList<int> Indices => indices;

    public string Name(int index) => set.Name(indices[index]);

    public IReadOnlyList<Tensor> Read(int index)
    {
        if (index == _index) return _current;
        _index = -1;
        _current = set.Read(indices[index]);
        _index = index;
        return _current;
    }

    /// <summary>At most so many, spread evenly, in the order of the set.</summary>
    public static SelectedSamples Of(ISampleSet set, int? most)
    {
        int count = Math.Min(most ?? int.MaxValue, set.Count);
        return new SelectedSamples(set, [.. Enumerable.Range(0, count).Select(i => Spread(set, i, count))]);
    }

    /// <summary>
    /// The same in an order whose first samples, however many, are spread over all: data lies class by class, and who looks at some
    /// dozens must not see the first class alone. A set that reads forward only keeps its order.
    /// </summary>
    public static SelectedSamples Mixed(ISampleSet set, int? most)
    {
        int count = Math.Min(most ?? int.MaxValue, set.Count);
        if (!set.ReadsAnywhere || count < 3) return Of(set, most);
        // Multiples of the golden section fill a circle evenly at every length.
        long step = (long)(count * 0.6180339887498949);
        while (Gcd(step, count) != 1) step++;
        return new SelectedSamples(set, [.. Enumerable.Range(0, count).Select(i => Spread(set, (int)(i * step % count), count))]);
    }

    private static int Spread(ISampleSet set, int index, int count) => (int)((long)index * set.Count / count);

    private static long Gcd(long a, long b) => b == 0 ? a : Gcd(b, a % b);
}
