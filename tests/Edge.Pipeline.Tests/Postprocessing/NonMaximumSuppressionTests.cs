using CsCheck;
using Edge.Imaging;
using Edge.Pipeline.Postprocessing;
using Xunit;

namespace Edge.Pipeline.Tests.Postprocessing;

public sealed class NonMaximumSuppressionTests
{
    private static Gen<Detection> AnyDetection =>
        from c in Gen.Int[0, 2]
        from score in Gen.Int[0, 10]
        from x in Gen.Int[0, 20]
        from y in Gen.Int[0, 20]
        from w in Gen.Int[1, 12]
        from h in Gen.Int[1, 12]
        select new Detection(c, score / 10f, new Box(x, y, x + w, y + h));

    private static List<Detection> Run(IEnumerable<Detection> candidates, float overlap, bool agnostic = false, int maxCandidates = 1000, int max = 1000)
    {
        var kept = new List<Detection>();
        NonMaximumSuppression.Apply([.. candidates], overlap, agnostic, maxCandidates, max, kept);
        return kept;
    }

    [Fact]
    public void What_is_kept_is_what_the_definition_keeps() =>
        Gen.Select(AnyDetection.List[0, 40], Gen.Int[0, 10], Gen.Bool).Sample((candidates, overlap, agnostic) =>
        {
            float limit = overlap / 10f;
            // The definition: repeatedly take the best that is left, the first of equals, and strike out what it overlaps.
            var left = candidates.Select((d, i) => (d, i)).ToList();
            var expected = new List<Detection>();
            while (left.Count > 0)
            {
                var best = left.OrderByDescending(x => x.d.Score).ThenBy(x => x.i).First();
                expected.Add(best.d);
                left.RemoveAll(x => x.i == best.i || (agnostic || x.d.ClassId == best.d.ClassId) && Box.IntersectionOverUnion(x.d.Box, best.d.Box) > limit);
            }
            return expected.SequenceEqual(Run(candidates, limit, agnostic));
        });

    [Fact]
    public void Boxes_of_other_classes_stay_unless_suppression_is_class_agnostic()
    {
        Detection a = new(0, 0.9f, new Box(0, 0, 10, 10)), b = new(1, 0.8f, new Box(0, 0, 10, 10));
        Assert.Equal([a, b], Run([b, a], 0.5f));
        Assert.Equal([a], Run([b, a], 0.5f, agnostic: true));
    }

    [Fact]
    public void Among_equal_scores_the_first_decoded_wins()
    {
        Detection a = new(0, 0.5f, new Box(0, 0, 10, 10)), b = new(0, 0.5f, new Box(1, 0, 11, 10));
        Assert.Equal([a], Run([a, b], 0.5f));
        Assert.Equal([b], Run([b, a], 0.5f));
    }

    [Fact]
    public void The_limits_cut_off_the_worst()
    {
        Detection[] apart = [.. Enumerable.Range(0, 10).Select(i => new Detection(0, i / 10f, new Box(20 * i, 0, 20 * i + 10, 10)))];
        Assert.Equal([apart[9], apart[8]], Run(apart, 0.5f, max: 2));
        Assert.Equal([apart[9], apart[8], apart[7]], Run(apart, 0.5f, maxCandidates: 3));
    }

    [Fact]
    public void Overlap_is_intersection_over_union()
    {
        Assert.Equal(1f / 3, Box.IntersectionOverUnion(new Box(0, 0, 2, 1), new Box(1, 0, 3, 1)), 1e-6);
        Assert.Equal(0, Box.IntersectionOverUnion(new Box(0, 0, 1, 1), new Box(1, 0, 2, 1)));
        Assert.Equal(0, Box.IntersectionOverUnion(new Box(5, 5, 5, 5), new Box(5, 5, 5, 5)));
    }
}
