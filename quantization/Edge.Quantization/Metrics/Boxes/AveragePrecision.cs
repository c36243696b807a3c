namespace Edge.Quantization.Metrics.Boxes;

/// <summary>Average precision of one class. 0…1; NaN for a class that is nowhere in the pictures.</summary>
/// <param name="Class">Its number.</param>
/// <param name="Truths">Objects of it that are there.</param>
/// <param name="Found">Objects that were taken for it.</param>
/// <param name="At50">At an overlap of at least 0.5.</param>
/// <param name="At50To95">The mean over overlaps of 0.5, 0.55, … 0.95.</param>
public readonly record struct ClassPrecision(int Class, int Truths, int Found, double At50, double At50To95);

/// <summary>
/// Mean average precision as COCO's evaluation defines it (pycocotools, all areas, 100 detections a picture, no crowds): in
/// each picture and class, detections by falling score each take the free true box that they overlap most, if by at least
/// the threshold; over all pictures, precision is made monotone and read at 101 recalls; the mean over the classes that
/// occur. Keeps 12 bytes a detection. Not synchronized.
/// </summary>
public sealed class AveragePrecision
{
    /// <summary>0.5, 0.55, … 0.95, with the rounding of numpy.linspace.</summary>
    private static readonly double[] s_thresholds = [.. Enumerable.Range(0, 10).Select(i => 0.5 + (i * ((0.95 - 0.5) / 9)))];

    private const int MostDetections = 100;

    private readonly SortedDictionary<int, List<Judged>> _found = [];
    private readonly SortedDictionary<int, int> _truths = [];

    /// <summary>Mean over the classes that occur, at an overlap of at least 0.5; NaN where there is no true box.</summary>
    public double At50 => Mean(c => c.At50);

    /// <summary>The mean over overlaps of 0.5, 0.55, … 0.95, and over the classes that occur; NaN where there is no true box.</summary>
    public double At50To95 => Mean(c => c.At50To95);

    /// <summary>Every class that is there or was found, by number.</summary>
    public IEnumerable<ClassPrecision> Classes => _truths.Keys.Union(_found.Keys).Order().Select(Of);

    /// <summary>Adds one picture.</summary>
    /// <param name="truth">What is there.</param>
    /// <param name="found">What was found, in any order.</param>
    public void Add(IReadOnlyList<ObjectBox> truth, IReadOnlyList<ObjectBox> found)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(found);
        foreach (ObjectBox t in truth) _truths[t.Class] = _truths.GetValueOrDefault(t.Class) + 1;
        foreach (IGrouping<int, ObjectBox> group in found.GroupBy(f => f.Class))
        {
            // OrderBy is stable, as pycocotools' merge sort is.
            ObjectBox[] best = [.. group.OrderByDescending(f => f.Score).Take(MostDetections)];
            ObjectBox[] there = [.. truth.Where(t => t.Class == group.Key)];
            if (!_found.TryGetValue(group.Key, out List<Judged>? list)) _found[group.Key] = list = [];
            int first = list.Count;
            foreach (ObjectBox b in best) list.Add(new Judged(b.Score, 0));
            double[,] overlaps = new double[best.Length, there.Length];
            for (int d = 0; d < best.Length; d++)
                for (int t = 0; t < there.Length; t++) overlaps[d, t] = ObjectBox.Overlap(best[d], there[t]);
            for (int k = 0; k < s_thresholds.Length; k++)
            {
                foreach (int d in Matched(overlaps, s_thresholds[k])) list[first + d] = list[first + d] with { Hits = (ushort)(list[first + d].Hits | (1 << k)) };
            }
        }
    }

    /// <summary>Adds all pictures that another has seen.</summary>
    public void Add(AveragePrecision other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach ((int @class, int count) in other._truths) _truths[@class] = _truths.GetValueOrDefault(@class) + count;
        foreach ((int @class, List<Judged> judged) in other._found)
        {
            if (!_found.TryGetValue(@class, out List<Judged>? list)) _found[@class] = list = [];
            list.AddRange(judged);
        }
    }

    /// <summary>The detections that take a true box.</summary>
    private static IEnumerable<int> Matched(double[,] overlaps, double threshold)
    {
        bool[] taken = new bool[overlaps.GetLength(1)];
        for (int d = 0; d < overlaps.GetLength(0); d++)
        {
            int match = -1;
            double most = Math.Min(threshold, 1 - 1e-10);
            for (int t = 0; t < taken.Length; t++)
            {
                // Of equal overlaps the last: as pycocotools.
                if (!taken[t] && overlaps[d, t] >= most) (match, most) = (t, overlaps[d, t]);
            }
            if (match < 0) continue;
            taken[match] = true;
            yield return d;
        }
    }

    private double Mean(Func<ClassPrecision, double> of) => _truths.Keys.Select(c => of(Of(c))).DefaultIfEmpty(double.NaN).Average();

    private ClassPrecision Of(int @class)
    {
        int truths = _truths.GetValueOrDefault(@class);
        Judged[] found = _found.TryGetValue(@class, out List<Judged>? list) ? [.. list.OrderByDescending(j => j.Score)] : [];
        double[] precisions = truths == 0 ? [double.NaN] : [.. Enumerable.Range(0, s_thresholds.Length).Select(k => Interpolated(found, k, truths))];
        return new ClassPrecision(@class, truths, found.Length, precisions[0], precisions.Average());
    }

    private static double Interpolated(Judged[] found, int threshold, int truths)
    {
        double[] precision = new double[found.Length], recall = new double[found.Length];
        int hits = 0;
        for (int i = 0; i < found.Length; i++)
        {
            if ((found[i].Hits >> threshold & 1) != 0) hits++;
            precision[i] = (double)hits / (i + 1);
            recall[i] = (double)hits / truths;
        }
        for (int i = found.Length - 2; i >= 0; i--) precision[i] = Math.Max(precision[i], precision[i + 1]);
        double sum = 0;
        int at = 0;
        for (int r = 0; r <= 100; r++)
        {
            double wanted = r == 100 ? 1 : r * 0.01;
            while (at < recall.Length && recall[at] < wanted) at++;
            if (at == recall.Length) break;
            sum += precision[at];
        }
        return sum / 101;
    }

    /// <param name="Score">Of the detection.</param>
    /// <param name="Hits">A bit for each threshold at which it takes a true box.</param>
    private readonly record struct Judged(float Score, ushort Hits);
}
