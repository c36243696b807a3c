using Edge.Imaging;
using Edge.Pipeline.Postprocessing;
using ModelFactory.Defects;
using ModelFactory.Rendering;

namespace ModelFactory.Parts;

/// <summary>One judged part: what is there and what was found, best score first.</summary>
internal sealed record JudgedPart(DefectTruth[] Truth, List<Detection> Found)
{
    /// <summary>The part's score: of its surest flaw.</summary>
    public float Score => Found.Count == 0 ? 0 : Found[0].Score;
}

/// <summary>How well a set of parts was judged at one threshold.</summary>
/// <param name="Accuracy">Share of parts with the right verdict.</param>
/// <param name="FalseRejects">Share of good parts called bad.</param>
/// <param name="Escapes">Share of bad parts called good.</param>
/// <param name="Recall">By class: share of flaws found with the right class and half the union covered.</param>
/// <param name="AveragePrecision">By class, at an overlap of one half, all points (PASCAL VOC 2010).</param>
internal sealed record Evaluation(int Parts, float Threshold, double Accuracy, double FalseRejects, double Escapes, double[] Recall, double[] AveragePrecision)
{
    public const float Overlap = 0.5f;

    public double MeanAveragePrecision => AveragePrecision.Average();

    public static Evaluation Of(IReadOnlyList<JudgedPart> parts, float threshold)
    {
        int good = parts.Count(p => p.Truth.Length == 0), bad = parts.Count - good;
        int rejects = parts.Count(p => p.Truth.Length == 0 && p.Score >= threshold);
        int escapes = parts.Count(p => p.Truth.Length > 0 && p.Score < threshold);
        var recall = new double[DefectKinds.Count];
        var precision = new double[DefectKinds.Count];
        for (int k = 0; k < DefectKinds.Count; k++) (recall[k], precision[k]) = OfClass(parts, (DefectKind)k, threshold);
        return new Evaluation(
            parts.Count, threshold, 1 - (double)(rejects + escapes) / parts.Count, (double)rejects / Math.Max(good, 1), (double)escapes / Math.Max(bad, 1), recall, precision);
    }

    /// <summary>The threshold with the best accuracy; of a range of equals, its middle.</summary>
    public static float BestThreshold(IReadOnlyList<JudgedPart> parts)
    {
        float[] candidates = [.. Enumerable.Range(4, 89).Select(i => i * 0.01f)];
        double[] accuracy = [.. candidates.Select(t => parts.Count(p => p.Truth.Length > 0 == p.Score >= t) / (double)parts.Count)];
        double best = accuracy.Max();
        int[] equals = [.. Enumerable.Range(0, candidates.Length).Where(i => accuracy[i] == best)];
        return candidates[equals[equals.Length / 2]];
    }

    private static (double Recall, double AveragePrecision) OfClass(IReadOnlyList<JudgedPart> parts, DefectKind kind, float threshold)
    {
        int truths = parts.Sum(p => p.Truth.Count(t => t.Kind == kind)), recalled = 0;
        var hits = new List<(float Score, bool Hit)>();
        foreach (JudgedPart part in parts)
        {
            bool[] taken = new bool[part.Truth.Length];
            foreach (Detection d in part.Found)
            {
                if (d.ClassId != (int)kind) continue;
                int match = Match(part.Truth, taken, d);
                if (match >= 0) taken[match] = true;
                if (match >= 0 && d.Score >= threshold) recalled++;
                hits.Add((d.Score, match >= 0));
            }
        }
        return truths == 0 ? (1, 1) : ((double)recalled / truths, AreaUnderCurve(hits, truths));
    }

    private static int Match(DefectTruth[] truth, bool[] taken, in Detection d)
    {
        int best = -1;
        float most = Overlap;
        for (int i = 0; i < truth.Length; i++)
        {
            PixelBox b = truth[i].Box;
            float overlap = Box.IntersectionOverUnion(d.Box, new Box(b.Left, b.Top, b.Right, b.Bottom));
            if (taken[i] || (int)truth[i].Kind != d.ClassId || overlap < most) continue;
            (best, most) = (i, overlap);
        }
        return best;
    }

    private static double AreaUnderCurve(List<(float Score, bool Hit)> hits, int truths)
    {
        hits.Sort((a, b) => b.Score.CompareTo(a.Score));
        var precision = new double[hits.Count];
        int found = 0;
        for (int i = 0; i < hits.Count; i++)
        {
            if (hits[i].Hit) found++;
            precision[i] = (double)found / (i + 1);
        }
        double area = 0, best = 0;
        for (int i = hits.Count - 1; i >= 0; i--)
        {
            best = Math.Max(best, precision[i]);
            if (hits[i].Hit) area += best / truths;
        }
        return area;
    }
}
