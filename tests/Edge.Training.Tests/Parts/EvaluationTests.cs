using Edge.Imaging;
using Edge.Pipeline.Postprocessing;
using ModelFactory.Defects;
using ModelFactory.Parts;
using ModelFactory.Rendering;
using Xunit;

namespace Edge.Training.Tests.Parts;

public sealed class EvaluationTests
{
    private static readonly DefectTruth s_dent = new(DefectKind.Dent, new PixelBox(10, 10, 30, 30), 20, []);
    private static readonly Box s_there = new(10, 10, 30, 30), s_elsewhere = new(100, 100, 120, 120);

    [Fact]
    public void Verdicts_are_counted_by_kind_of_mistake()
    {
        JudgedPart[] parts =
        [
            Part([], 0.1f), Part([], 0.6f), Part([], 0.2f), Part([], 0.3f),
            Part([s_dent], 0.9f), Part([s_dent], 0.4f),
        ];
        Evaluation e = Evaluation.Of(parts, 0.5f);
        Assert.Equal(4.0 / 6, e.Accuracy, 6);
        Assert.Equal(0.25, e.FalseRejects, 6);
        Assert.Equal(0.5, e.Escapes, 6);
        Assert.Equal(0.5, e.Recall[(int)DefectKind.Dent], 6);
    }

    [Fact]
    public void Average_precision_is_the_area_under_the_envelope()
    {
        // Hit, miss, hit of two flaws: precision 1 up to recall 1/2, then 2/3.
        JudgedPart[] parts =
        [
            new([s_dent], [new Detection(1, 0.9f, s_there)]),
            new([], [new Detection(1, 0.8f, s_elsewhere)]),
            new([s_dent], [new Detection(1, 0.7f, s_there)]),
        ];
        Assert.Equal(0.5 * 1 + 0.5 * 2 / 3, Evaluation.Of(parts, 0.5f).AveragePrecision[1], 6);
    }

    [Fact]
    public void Only_the_right_class_with_half_the_union_is_a_hit_and_each_flaw_is_hit_once()
    {
        JudgedPart part = new([s_dent],
        [
            new Detection(2, 0.99f, s_there), new Detection(1, 0.9f, new Box(10, 10, 19, 30)),
            new Detection(1, 0.8f, new Box(10, 10, 21, 30)), new Detection(1, 0.7f, s_there),
        ]);
        Evaluation e = Evaluation.Of([part], 0.5f);
        Assert.Equal(1, e.Recall[1]);
        // The first of class 1 misses, the second hits, the third finds it taken: precision 1/2 at full recall.
        Assert.Equal(0.5, e.AveragePrecision[1], 6);
    }

    [Fact]
    public void The_threshold_lies_in_the_middle_of_the_gap_between_good_and_bad()
    {
        JudgedPart[] parts = [Part([], 0.1f), Part([], 0.295f), Part([s_dent], 0.705f), Part([s_dent], 0.9f)];
        Assert.InRange(Evaluation.BestThreshold(parts), 0.48f, 0.52f);
    }

    private static JudgedPart Part(DefectTruth[] truth, float score) => new(truth, [new Detection((int)DefectKind.Dent, score, s_there)]);
}
