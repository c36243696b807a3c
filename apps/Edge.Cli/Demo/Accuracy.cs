using System.Diagnostics;
using Edge.Imaging;
using Edge.Pipeline.Events;
using Edge.Pipeline.Inspection;
using Edge.Pipeline.Postprocessing;

namespace Edge.Cli.Demo;

/// <summary>How well a model judges labelled parts. Shares are of 1.</summary>
/// <param name="Right">Parts with the right verdict; unsure counts as wrong.</param>
/// <param name="FalseRejects">Good parts called bad.</param>
/// <param name="Missed">Bad parts called good.</param>
/// <param name="Found">Defects found with the right class, at the rule's threshold, covering at least half of the union with the true box.</param>
/// <param name="AveragePrecision">Mean over the classes, at the same overlap, all points (PASCAL VOC 2010).</param>
/// <param name="MedianMs">Time of the model alone, a part.</param>
internal sealed record Accuracy(double Right, double FalseRejects, double Missed, double Found, double AveragePrecision, double MedianMs)
{
    private const float Overlap = 0.5f;

    /// <summary>Below this a detection is not worth a place on the curve.</summary>
    public const float LowestScore = 0.03f;

    /// <param name="inspector">Reports detections from <see cref="LowestScore"/> on.</param>
    /// <param name="parts">What is to be judged.</param>
    /// <param name="threshold">From which score on a detection counts as found.</param>
    /// <param name="judged">Told after each part how many are done.</param>
    /// <param name="cancellation">Ends it between two parts.</param>
    public static Accuracy Measure(Inspector inspector, IReadOnlyList<LabelledPart> parts, float threshold, Action<int> judged, CancellationToken cancellation)
    {
        var curve = new PrecisionCurve(inspector.Labels.Count, threshold);
        int right = 0, falseRejects = 0, missed = 0, good = 0;
        var times = new List<double>();
        for (int i = 0; i < parts.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var part = parts[i];
            using var picture = ImageCodec.Default.Load(part.File);
            var result = inspector.Inspect(picture.View);
            times.Add(result.Inference.TotalMilliseconds);
            var verdict = result.Decision.Verdict;
            if (part.IsGood) good++;
            if (verdict == (part.IsGood ? Verdict.Ok : Verdict.Ng)) right++;
            if (part.IsGood && verdict == Verdict.Ng) falseRejects++;
            if (!part.IsGood && verdict == Verdict.Ok) missed++;
            curve.Add(part.Defects, result.Findings.Objects);
            judged(i + 1);
        }

        times.Sort();
        return new Accuracy(
            Share(right, parts.Count), Share(falseRejects, good), Share(missed, parts.Count - good), curve.Found, curve.MeanAveragePrecision, times[times.Count / 2]);
    }

    private static double Share(int count, int of) => of == 0 ? 0 : (double)count / of;

    /// <summary>Collects detections by class and whether each hit a defect.</summary>
    private sealed class PrecisionCurve(int classes, float threshold)
    {
        private readonly List<(float Score, bool Hit)>[] _detections = [.. Enumerable.Range(0, classes).Select(_ => new List<(float, bool)>())];
        private readonly int[] _truths = new int[classes];
        private int _found;

        public double Found => Share(_found, _truths.Sum());

        public double MeanAveragePrecision => Enumerable.Range(0, classes).Where(c => _truths[c] > 0).Select(AveragePrecision).DefaultIfEmpty(0).Average();

        /// <param name="defects">What is there.</param>
        /// <param name="objects">What was found, best first: each takes the defect that it covers best, if that is still free.</param>
        public void Add(IReadOnlyList<TrueDefect> defects, IReadOnlyList<Detection> objects)
        {
            var taken = new bool[defects.Count];
            foreach (var d in defects) _truths[d.ClassId]++;
            foreach (var o in objects)
            {
                int best = -1;
                float most = Overlap;
                for (int i = 0; i < defects.Count; i++)
                {
                    if (taken[i] || defects[i].ClassId != o.ClassId || Box.IntersectionOverUnion(defects[i].Box, o.Box) is var overlap && overlap < most) continue;
                    (best, most) = (i, overlap);
                }

                if (best >= 0) taken[best] = true;
                if (best >= 0 && o.Score >= threshold) _found++;
                _detections[o.ClassId].Add((o.Score, best >= 0));
            }
        }

        private double AveragePrecision(int classId)
        {
            var ordered = _detections[classId].OrderByDescending(d => d.Score).ToList();
            Debug.Assert(_truths[classId] > 0);
            var precision = new double[ordered.Count];
            int hits = 0;
            for (int i = 0; i < precision.Length; i++)
            {
                if (ordered[i].Hit) hits++;
                precision[i] = (double)hits / (i + 1);
            }

            double area = 0, best = 0;
            for (int i = precision.Length - 1; i >= 0; i--)
            {
                best = Math.Max(best, precision[i]);
                if (ordered[i].Hit) area += best / _truths[classId];
            }

            return area;
        }
    }
}
