namespace Edge.Quantization.Metrics;

/// <summary>How one class fared. NaN where a figure has no sample to be made of.</summary>
/// <param name="Class">Its number.</param>
/// <param name="Samples">How many samples are of it.</param>
/// <param name="Predicted">How many were taken for it.</param>
/// <param name="Correct">How many were both.</param>
public readonly record struct ClassFigures(int Class, int Samples, int Predicted, int Correct)
{
    /// <summary>Of those taken for the class, the share that is of it.</summary>
    public double Precision => Predicted == 0 ? double.NaN : (double)Correct / Predicted;

    /// <summary>Of those of the class, the share taken for it.</summary>
    public double Recall => Samples == 0 ? double.NaN : (double)Correct / Samples;

    /// <summary>The harmonic mean of precision and recall, <c>2·correct / (samples + predicted)</c>.</summary>
    public double F1 => Samples + Predicted == 0 ? double.NaN : 2.0 * Correct / (Samples + Predicted);
}

/// <summary>So many samples of one class were taken for another.</summary>
public readonly record struct Confusion(int Truth, int Predicted, int Samples);

/// <summary>
/// Counts of true and predicted classes. Only pairs that occur take memory, so that a thousand classes cost no more than
/// their mistakes. Not synchronized.
/// </summary>
public sealed class ConfusionMatrix
{
    private readonly Dictionary<(int Truth, int Predicted), int> _counts = [];
    private readonly SortedDictionary<int, (int Samples, int Predicted)> _sums = [];

    public int Samples { get; private set; }

    public int Correct { get; private set; }

    /// <summary>Share of samples whose class was recognized; NaN without samples.</summary>
    public double Accuracy => Samples == 0 ? double.NaN : (double)Correct / Samples;

    /// <summary>The mean of the F1 figures of all classes that occur among the samples; NaN without samples.</summary>
    public double MacroF1 => Classes.Where(c => c.Samples > 0).Select(c => c.F1).DefaultIfEmpty(double.NaN).Average();

    /// <summary>Every class that a sample is of or was taken for, by number.</summary>
    public IEnumerable<ClassFigures> Classes => _sums.Select(s => new ClassFigures(s.Key, s.Value.Samples, s.Value.Predicted, Count(s.Key, s.Key)));

    public int Count(int truth, int predicted) => _counts.GetValueOrDefault((truth, predicted));

    public void Add(int truth, int predicted) => Add(truth, predicted, 1);

    /// <summary>Adds all that another matrix counts.</summary>
    public void Add(ConfusionMatrix other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (((int truth, int predicted), int count) in other._counts) Add(truth, predicted, count);
    }

    private void Add(int truth, int predicted, int count)
    {
        Samples += count;
        if (truth == predicted) Correct += count;
        _counts[(truth, predicted)] = Count(truth, predicted) + count;
        var t = _sums.GetValueOrDefault(truth);
        _sums[truth] = (t.Samples + count, t.Predicted);
        var p = _sums.GetValueOrDefault(predicted);
        _sums[predicted] = (p.Samples, p.Predicted + count);
    }

    /// <summary>The most frequent mistakes, the most frequent first, then by class numbers.</summary>
    public IReadOnlyList<Confusion> MostConfused(int count) =>
    [
        .. _counts.Where(c => c.Key.Truth != c.Key.Predicted)
            .OrderByDescending(c => c.Value).ThenBy(c => c.Key.Truth).ThenBy(c => c.Key.Predicted)
            .Take(count).Select(c => new Confusion(c.Key.Truth, c.Key.Predicted, c.Value)),
    ];
}
