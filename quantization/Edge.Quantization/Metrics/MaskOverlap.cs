namespace Edge.Quantization.Metrics;

/// <summary>
/// How well maps of classes cover those that they should: for each class the pixels that have it in both over those that have
/// it in either, over all maps together (PASCAL VOC's segmentation accuracy). Constant memory. Not synchronized.
/// </summary>
public sealed class MaskOverlap
{
    /// <summary>Maps are read from pictures and tensors of labels; no set has as many classes.</summary>
    public const int MaxClasses = 1 << 16;

    private long[] _common = [], _truth = [], _found = [];

    /// <summary>The mean of the classes that occur in the true maps; NaN where none does.</summary>
    public double Mean => Classes.Where(c => _truth[c.Class] > 0).Select(c => c.Overlap).DefaultIfEmpty(double.NaN).Average();

    /// <summary>Each class that occurs in either kind of map, by number.</summary>
    public IEnumerable<(int Class, double Overlap)> Classes => Enumerable.Range(0, _truth.Length)
        .Where(c => _truth[c] + _found[c] > 0)
        .Select(c => (c, (double)_common[c] / (_truth[c] + _found[c] - _common[c])));

    /// <param name="truth">The class of each pixel; negative where nobody says, which is passed over.</param>
    /// <param name="found">The same of the model; negative where it saw nothing, which counts as a miss.</param>
    /// <exception cref="ArgumentException">They differ in size, or a class is <see cref="MaxClasses"/> or above.</exception>
    public void Add(ReadOnlySpan<int> truth, ReadOnlySpan<int> found)
    {
        if (truth.Length != found.Length) throw new ArgumentException($"a map of {found.Length} pixels cannot be compared with one of {truth.Length}", nameof(found));
        for (int i = 0; i < truth.Length; i++)
        {
            (int t, int f) = (truth[i], found[i]);
            if (t < 0) continue;
            if (Math.Max(t, f) >= _truth.Length) Grow(Math.Max(t, f));
            _truth[t]++;
            if (f >= 0) _found[f]++;
            if (t == f) _common[t]++;
        }
    }

    /// <summary>Adds all pixels that another has seen.</summary>
    public void Add(MaskOverlap other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other._truth.Length > _truth.Length) Resize(other._truth.Length);
        for (int c = 0; c < other._truth.Length; c++)
        {
            _common[c] += other._common[c];
            _truth[c] += other._truth[c];
            _found[c] += other._found[c];
        }
    }

    private void Grow(int @class)
    {
        if (@class >= MaxClasses) throw new ArgumentException($"class {@class} in a map; the highest that is counted is {MaxClasses - 1}");
        Resize(Math.Min(MaxClasses, Math.Max(32, (@class + 1) * 2)));
    }

    private void Resize(int size)
    {
        Array.Resize(ref _common, size);
        Array.Resize(ref _truth, size);
        Array.Resize(ref _found, size);
    }
}
