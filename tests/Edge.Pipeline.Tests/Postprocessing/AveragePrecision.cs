using Edge.Imaging;
using Edge.Pipeline.Postprocessing;

namespace Edge.Pipeline.Tests.Postprocessing;

/// <summary>
/// AP at an overlap of 0.5 as COCO computes it: per class, detections of all pictures by falling score, each matched with the
/// free true box that it overlaps most; precision made monotone and averaged at 101 recalls; the mean over classes that occur.
/// </summary>
internal sealed class AveragePrecision
{
    private readonly Dictionary<int, List<(float Score, bool Correct)>> _found = [];
    private readonly Dictionary<int, int> _true = [];

    public void Add(IReadOnlyList<Detection> found, IReadOnlyList<(int Class, Box Box)> truth)
    {
        foreach (var t in truth) _true[t.Class] = _true.GetValueOrDefault(t.Class) + 1;
        var taken = new bool[truth.Count];
        foreach (Detection d in found.OrderByDescending(d => d.Score))
        {
            int best = -1;
            float overlap = 0.5f;
            for (int i = 0; i < truth.Count; i++)
            {
                if (taken[i] || truth[i].Class != d.ClassId) continue;
                float o = Box.IntersectionOverUnion(d.Box, truth[i].Box);
                if (o >= overlap) (best, overlap) = (i, o);
            }
            if (best >= 0) taken[best] = true;
            if (!_found.TryGetValue(d.ClassId, out var list)) _found[d.ClassId] = list = [];
            list.Add((d.Score, best >= 0));
        }
    }

    public double Mean => _true.Keys.Average(Of);

    private double Of(int c)
    {
        if (!_found.TryGetValue(c, out var list)) return 0;
        var sorted = list.OrderByDescending(x => x.Score).ToList();
        var precision = new double[sorted.Count];
        var recall = new double[sorted.Count];
        int correct = 0;
        for (int i = 0; i < sorted.Count; i++)
        {
            if (sorted[i].Correct) correct++;
            precision[i] = (double)correct / (i + 1);
            recall[i] = (double)correct / _true[c];
        }
        for (int i = sorted.Count - 2; i >= 0; i--) precision[i] = Math.Max(precision[i], precision[i + 1]);
        double sum = 0;
        for (int r = 0; r <= 100; r++)
        {
            int at = Array.FindIndex(recall, x => x >= r / 100.0 - 1e-12);
            if (at >= 0) sum += precision[at];
        }
        return sum / 101;
    }
}
