using Edge.Quantization.Metrics;
using Edge.Quantization.Search;
using Edge.Runtime;
using Edge.Tensors;
using Xunit;

namespace Edge.Quantization.Tests.Search;

/// <summary>The bounds of a drop are as wide as statistics says.</summary>
public class DropSpreadTests
{
    [Fact]
    public void Of_a_share_they_are_those_of_the_normal_approximation()
    {
        // 1,600 samples, of which float has all right and the other model every fifth wrong, in no step with the groups.
        var random = new Random(3);
        DropInterval i = Interval(1600, _ => random.NextDouble() < 0.8)!;
        double drop = (i.Low + i.High) / 2, half = 100 * 2.131 * Math.Sqrt(drop / 100 * (1 - (drop / 100)) / 1600);
        Assert.InRange(drop, 15, 25);
        Assert.InRange((i.High - i.Low) / 2, 0.5 * half, 1.6 * half);
    }

    [Fact]
    public void They_hold_the_true_drop_about_as_often_as_they_say()
    {
        int held = 0;
        for (int trial = 0; trial < 200; trial++)
        {
            var random = new Random(trial);
            DropInterval i = Interval(320, _ => random.NextDouble() < 0.9)!;
            if (i.Low <= 10 && 10 <= i.High) held++;
        }
        Assert.InRange(held, 180, 200);
    }

    [Fact]
    public void Where_no_answer_differs_three_in_so_many_still_may() => Assert.Equal(new DropInterval(-1, 1), Interval(300, _ => true));

    [Fact]
    public void What_does_not_move_by_whole_answers_is_as_sure_as_its_groups_are_alike() => Assert.Equal(new DropInterval(0, 0), Interval(300, _ => true, countsAnswers: false));

    [Fact]
    public void Too_few_samples_tell_nothing() => Assert.Null(Interval(31, _ => true));

    private static DropInterval? Interval(int samples, Func<int, bool> right, bool countsAnswers = true)
    {
        var metric = new Share(countsAnswers);
        var promise = new AccuracyPromise(metric, Samples.Normal(1), 1);
        var spread = new DropSpread(metric);
        int hits = 0;
        for (int i = 0; i < samples; i++)
        {
            bool hit = right(i);
            if (hit) hits++;
            spread.Add(i, [Tensor.Create<float>(new Shape(1), [1f])], [Tensor.Create<float>(new Shape(1), [hit ? 1f : 0f])], hit);
        }
        return spread.Of(promise, 100 - (100.0 * hits / samples));
    }

    private sealed class Share(bool countsAnswers = true) : IAccuracyMetric
    {
        public string Name => "share";

        public string Unit => "%";

        public bool HigherIsBetter => true;

        public bool CountsAnswers => countsAnswers;

        public IAccuracyScore Start() => new Score();

        private sealed class Score : IAccuracyScore
        {
            private int _seen, _hits;

            public double Value => 100.0 * _hits / _seen;

            public void Add(int sample, IReadOnlyList<Tensor> reference, IReadOnlyList<Tensor> outputs)
            {
                _seen++;
                if (outputs[0].AsSpan<float>()[0] > 0.5f) _hits++;
            }

            public void Add(IAccuracyScore other)
            {
                _seen += ((Score)other)._seen;
                _hits += ((Score)other)._hits;
            }
        }
    }
}
