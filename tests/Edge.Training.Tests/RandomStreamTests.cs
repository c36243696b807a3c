using CsCheck;
using Xunit;

namespace Edge.Training.Tests;

public sealed class RandomStreamTests
{
    /// <summary>Everything that is rendered or trained from a seed depends on these numbers; they may never change.</summary>
    [Fact]
    public void The_numbers_of_a_seed_never_change()
    {
        var random = new RandomStream(7, "golden", 3);
        Assert.Equal([1703358597u, 1241076384u, 2635965051u, 2358170317u], [random.NextUInt32(), random.NextUInt32(), random.NextUInt32(), random.NextUInt32()]);
    }

    [Fact]
    public void Seed_purpose_and_index_each_give_another_stream()
    {
        uint[] first = [.. new RandomStream[] { new(1, "a", 0), new(2, "a", 0), new(1, "b", 0), new(1, "a", 1), new(1, "ab", 0) }.Select(r => r.NextUInt32())];
        Assert.Equal(first.Length, first.Distinct().Count());
    }

    [Fact]
    public void Integers_fill_their_range_evenly()
    {
        var random = new RandomStream(1, "dice");
        var counts = new int[6];
        for (int i = 0; i < 60_000; i++) counts[random.Between(1, 6) - 1]++;
        Assert.All(counts, c => Assert.InRange(c, 9_600, 10_400));
    }

    [Fact]
    public void Normal_numbers_have_mean_zero_and_variance_one()
    {
        var random = new RandomStream(1, "normal");
        double sum = 0, squares = 0;
        const int count = 100_000;
        for (int i = 0; i < count; i++)
        {
            double v = random.Normal();
            sum += v;
            squares += v * v;
        }
        Assert.InRange(sum / count, -0.015, 0.015);
        Assert.InRange(squares / count, 0.98, 1.02);
    }

    [Fact]
    public void Uniform_numbers_stay_in_their_range() => Gen.Select(Gen.ULong, Gen.Float[-100, 100], Gen.Float[0, 50]).Sample((seed, low, width) =>
    {
        float v = new RandomStream(seed, "range").Uniform(low, low + width);
        return v >= low && v <= low + width;
    });

    [Fact]
    public void Shuffling_keeps_every_item()
    {
        int[] items = [.. Enumerable.Range(0, 100)];
        new RandomStream(1, "cards").Shuffle<int>(items);
        Assert.NotEqual(Enumerable.Range(0, 100), items);
        Assert.Equal(Enumerable.Range(0, 100), items.Order());
    }
}
