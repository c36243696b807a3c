using CsCheck;
using Edge.Quantization.Metrics;
using Xunit;

namespace Edge.Quantization.Tests.Metrics;

public class ClassificationFigureTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    [InlineData(4, 4)]
    public void A_rank_counts_the_classes_before_the_label(int label, int rank)
    {
        // The lower number comes first among equals, and what is no number last.
        double[] scores = [0.5, 0.9, 0.1, 0.5, double.NaN];
        Assert.Equal(rank, Ranking.Of(scores, label));
    }

    [Fact]
    public void A_label_that_no_class_has_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => Ranking.Of([1, 2], 2));

    [Fact]
    public void Ranks_are_a_permutation() => Gen.Int[0, 3].Select(v => (double)v).Array[1, 20].Sample(scores =>
        Enumerable.Range(0, scores.Length).Select(l => Ranking.Of(scores, l)).Order().SequenceEqual(Enumerable.Range(0, scores.Length)));

    /// <summary>Three classes: of four of class 0 three are right, of two of class 1 one is, of one of class 2 none; nothing is taken for 3.</summary>
    private static ConfusionMatrix Known()
    {
        var m = new ConfusionMatrix();
        foreach ((int truth, int predicted) in ((int, int)[])[(0, 0), (0, 0), (0, 0), (0, 1), (1, 1), (1, 0), (2, 1)]) m.Add(truth, predicted);
        return m;
    }

    [Fact]
    public void Figures_of_each_class_follow_from_the_counts()
    {
        ConfusionMatrix m = Known();
        Assert.Equal(4.0 / 7, m.Accuracy, 12);
        Assert.Equal([new ClassFigures(0, 4, 4, 3), new ClassFigures(1, 2, 3, 1), new ClassFigures(2, 1, 0, 0)], m.Classes);
        ClassFigures[] c = [.. m.Classes];
        Assert.Equal((0.75, 0.75, 0.75), (c[0].Precision, c[0].Recall, c[0].F1));
        Assert.Equal((1.0 / 3, 0.5, 0.4), (c[1].Precision, c[1].Recall, c[1].F1));
        Assert.Equal((double.NaN, 0, 0), (c[2].Precision, c[2].Recall, c[2].F1));
        Assert.Equal((0.75 + 0.4 + 0) / 3, m.MacroF1, 12);
    }

    [Fact]
    public void The_most_confused_come_first()
    {
        ConfusionMatrix m = Known();
        m.Add(2, 1);
        Assert.Equal([new Confusion(2, 1, 2), new Confusion(0, 1, 1)], m.MostConfused(2));
        Assert.Equal(2, m.Count(2, 1));
        Assert.Equal(0, m.Count(1, 2));
    }

    [Fact]
    public void Nothing_has_no_accuracy()
    {
        var m = new ConfusionMatrix();
        Assert.True(double.IsNaN(m.Accuracy) && double.IsNaN(m.MacroF1));
        Assert.Empty(m.MostConfused(3));
    }

    [Fact]
    public void The_area_counts_pairs_and_half_of_the_ties() =>
        Gen.Select(Gen.Int[0, 5], Gen.Bool).Array[0, 40].Sample(samples =>
        {
            var area = new RocArea();
            foreach ((int score, bool positive) in samples) area.Add(score, positive);
            var pairs =
                from p in samples.Where(s => s.Item2)
                from n in samples.Where(s => !s.Item2)
                select p.Item1 > n.Item1 ? 1 : p.Item1 == n.Item1 ? 0.5 : 0;
            double expected = pairs.DefaultIfEmpty(double.NaN).Average();
            Assert.Equal(expected, area.Value, 12);
        });

    [Fact]
    public void A_score_without_a_rank_leaves_no_area()
    {
        var area = new RocArea();
        area.Add(1, true);
        area.Add(0, false);
        Assert.Equal(1, area.Value);
        area.Add(double.NaN, true);
        Assert.Equal(double.NaN, area.Value);
    }
}
