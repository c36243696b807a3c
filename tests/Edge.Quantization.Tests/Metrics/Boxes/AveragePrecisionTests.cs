using CsCheck;
using Edge.Quantization.Metrics.Boxes;
using Xunit;

namespace Edge.Quantization.Tests.Metrics.Boxes;

public class AveragePrecisionTests
{
    private static ObjectBox Box(int @class, float score, float left, float top, float size = 10) => new(@class, score, left, top, left + size, top + size);

    [Fact]
    public void Overlap_is_intersection_over_union()
    {
        Assert.Equal(1, ObjectBox.Overlap(Box(0, 1, 0, 0), Box(1, 0, 0, 0)));
        Assert.Equal(50.0 / 150, ObjectBox.Overlap(Box(0, 1, 0, 0), Box(0, 1, 5, 0)), 12);
        Assert.Equal(0, ObjectBox.Overlap(Box(0, 1, 0, 0), Box(0, 1, 10, 0)));
        Assert.Equal(0, ObjectBox.Overlap(new(0, 1, 5, 5, 5, 5), new(0, 1, 5, 5, 5, 5)));
    }

    [Fact]
    public void Finding_everything_exactly_is_1_and_nothing_0()
    {
        var ap = new AveragePrecision();
        Assert.True(double.IsNaN(ap.At50));
        ap.Add([Box(0, 1, 0, 0), Box(1, 1, 50, 0)], [Box(1, 0.3f, 50, 0), Box(0, 0.9f, 0, 0)]);
        Assert.Equal((1, 1), (ap.At50, ap.At50To95));
        var none = new AveragePrecision();
        none.Add([Box(0, 1, 0, 0)], []);
        Assert.Equal((0, 0), (none.At50, none.At50To95));
    }

    [Fact]
    public void Recall_is_read_at_101_places()
    {
        // Of two objects one is found, after one false find: precision 1/2 up to recall 1/2, which 51 of 101 places reach.
        var ap = new AveragePrecision();
        ap.Add([Box(0, 1, 0, 0), Box(0, 1, 100, 0)], [Box(0, 0.9f, 50, 50), Box(0, 0.8f, 0, 0)]);
        Assert.Equal(51 * 0.5 / 101, ap.At50, 12);
    }

    [Fact]
    public void An_object_counts_once_and_the_better_score_has_the_choice()
    {
        var ap = new AveragePrecision();
        // Both find the same object; the second is false, and comes after recall 1.
        ap.Add([Box(0, 1, 0, 0)], [Box(0, 0.8f, 0, 0), Box(0, 0.9f, 1, 0)]);
        Assert.Equal(1, ap.At50, 12);
        // The better score overlaps by 90/110: up to a threshold of 0.8 it takes the object, and above the exact one is second of two.
        Assert.Equal((7 * 1 + 3 * 0.5) / 10, ap.At50To95, 12);
    }

    [Fact]
    public void The_mean_is_over_classes_that_are_there()
    {
        var ap = new AveragePrecision();
        ap.Add([Box(0, 1, 0, 0), Box(3, 1, 50, 0)], [Box(0, 0.9f, 0, 0), Box(7, 0.9f, 0, 0)]);
        Assert.Equal(0.5, ap.At50, 12);
        ClassPrecision[] c = [.. ap.Classes];
        Assert.Equal([0, 3, 7], c.Select(x => x.Class));
        Assert.Equal((1, 1, 1.0), (c[0].Truths, c[0].Found, c[0].At50));
        Assert.Equal((1, 0, 0.0), (c[1].Truths, c[1].Found, c[1].At50));
        Assert.True(c[2] is { Truths: 0, Found: 1 } && double.IsNaN(c[2].At50));
    }

    [Fact]
    public void Only_a_hundred_detections_of_a_picture_and_class_count()
    {
        ObjectBox[] found = [.. Enumerable.Range(0, 100).Select(i => Box(0, 0.9f, 1000 + (20 * i), 0)), Box(0, 0.1f, 0, 0)];
        var ap = new AveragePrecision();
        ap.Add([Box(0, 1, 0, 0)], found);
        Assert.Equal(0, ap.At50);
        Assert.Equal(100, ap.Classes.Single().Found);
    }

    /// <summary>Against the definition written down step by step for one class and threshold.</summary>
    [Fact]
    public void The_definition_written_out_gives_the_same()
    {
        var box = Gen.Select(Gen.Int[1, 8], Gen.Int[0, 12], Gen.Int[0, 12]).Select(v => Box(0, v.Item1 / 10f, v.Item2, v.Item3));
        Gen.Select(box.Array[0, 4], box.Array[0, 6]).Array[1, 4].Sample(pictures =>
        {
            if (pictures.Sum(p => p.Item1.Length) == 0) return;
            var ap = new AveragePrecision();
            foreach ((ObjectBox[] truth, ObjectBox[] found) in pictures) ap.Add(truth, found);
            double[] each = [.. Enumerable.Range(0, 10).Select(k => WrittenOut(pictures, 0.5 + (0.05 * k)))];
            Assert.Equal(each[0], ap.At50, 10);
            Assert.Equal(each.Average(), ap.At50To95, 10);
        });
    }

    private static double WrittenOut((ObjectBox[] Truth, ObjectBox[] Found)[] pictures, double threshold)
    {
        int truths = pictures.Sum(p => p.Truth.Length);
        var judged = new List<(float Score, bool Hit)>();
        foreach ((ObjectBox[] truth, ObjectBox[] found) in pictures)
        {
            var free = truth.ToList();
            foreach (ObjectBox f in found.OrderByDescending(f => f.Score))
            {
                int best = Enumerable.Range(0, free.Count).Where(i => ObjectBox.Overlap(free[i], f) >= threshold - 1e-9)
                    .OrderByDescending(i => ObjectBox.Overlap(free[i], f)).ThenByDescending(i => i).FirstOrDefault(-1);
                judged.Add((f.Score, best >= 0));
                if (best >= 0) free.RemoveAt(best);
            }
        }
        var ordered = judged.OrderByDescending(j => j.Score).ToArray();
        double sum = 0;
        for (int r = 0; r <= 100; r++)
        {
            // The best precision of any prefix that reaches the recall; 0.7 does not reach 70 · 0.01 in double, and so it is in pycocotools.
            sum += Enumerable.Range(1, ordered.Length)
                .Where(n => (double)ordered.Take(n).Count(j => j.Hit) / truths >= r * 0.01)
                .Select(n => (double)ordered.Take(n).Count(j => j.Hit) / n).DefaultIfEmpty(0).Max();
        }
        return sum / 101;
    }

    [Fact]
    public void Models_agree_on_boxes_that_both_have()
    {
        var a = new BoxAgreement();
        Assert.Equal((1.0, 1.0, 1.0), (a.Kept, a.Confirmed, a.Share));
        a.Add([Box(0, 1, 0, 0), Box(0, 1, 100, 0), Box(1, 1, 200, 0)], [Box(0, 1, 1, 0), Box(0, 1, 0, 1), Box(0, 1, 200, 0), Box(0, 1, 102, 0), Box(0, 1, 300, 0)]);
        Assert.Equal((3, 5, 2), (a.Reference, a.Others, a.Common));
        Assert.Equal((2.0 / 3, 2.0 / 5, 4.0 / 8), (a.Kept, a.Confirmed, a.Share));
        a.Add([], []);
        Assert.Equal(2.0 / 3, a.Kept);
    }

    [Fact]
    public void The_best_pair_goes_together()
    {
        // The first reference box would take the box that is exactly the second's.
        var a = new BoxAgreement();
        a.Add([Box(0, 1, 2, 0), Box(0, 1, 0, 0)], [Box(0, 1, 0, 0), Box(0, 1, 4, 0)]);
        Assert.Equal(2, a.Common);
    }
}
