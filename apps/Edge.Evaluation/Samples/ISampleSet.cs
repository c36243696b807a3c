using Edge.Tensors;

namespace Edge.Evaluation.Samples;

/// <summary>Inputs of a model by position, read as they are asked for. Going forward is quick. Not synchronized.</summary>
internal interface ISampleSet
{
    int Count { get; }

    /// <summary>What reports call a sample: its file, and where in it.</summary>
    string Name(int index);

    /// <summary>One tensor an input. The list and its tensors belong to the set and are overwritten by the next call.</summary>
    IReadOnlyList<Tensor> Read(int index);
}

/// <summary>Some samples of a set; remembers which one is in the set's tensors, so that asking again for it costs nothing.</summary>
/// <param name="set">All of them.</param>
/// <param name="indices">Positions in it, ascending.</param>
internal sealed class SelectedSamples(ISampleSet set, IReadOnlyList<int> indices) : ISampleSet
{
    private IReadOnlyList<Tensor> _current = [];
    private int _index = -1;

    public int Count => indices.Count;

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

    /// <summary>At most so many, spread evenly.</summary>
    public static SelectedSamples Of(ISampleSet set, int? most)
    {
        int count = Math.Min(most ?? int.MaxValue, set.Count);
        return new SelectedSamples(set, [.. Enumerable.Range(0, count).Select(i => (int)((long)i * set.Count / count))]);
    }
}
