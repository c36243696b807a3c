using CsCheck;
using Edge.Runtime.Planning;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Planning;

public class MemoryPlannerTests
{
    private static readonly Gen<Lifetime[]> Lifetimes = Gen.Select(Gen.Int[0, 5000], Gen.Int[0, 30], Gen.Int[0, 10])
        .Select(t => new Lifetime(t.Item1, t.Item2, t.Item2 + t.Item3)).Array[0, 40];

    [Fact]
    public void Buffers_that_live_at_the_same_time_never_overlap() => Lifetimes.Sample(buffers =>
    {
        nint total = MemoryPlanner.Pack(buffers);
        foreach (var a in buffers)
        {
            Assert.Equal(0, a.Offset % Tensor.Alignment);
            Assert.InRange(a.Offset + a.Bytes, 0, total);
            foreach (var b in buffers)
                if (!ReferenceEquals(a, b) && a.Overlaps(b) && a.Bytes > 0 && b.Bytes > 0)
                    Assert.True(a.Offset + a.Bytes <= b.Offset || b.Offset + b.Bytes <= a.Offset, $"{a} and {b} overlap");
        }
    });

    [Fact]
    public void A_chain_takes_the_memory_of_its_two_largest_neighbours()
    {
        Lifetime[] chain = [new(1024, 0, 1), new(2048, 1, 2), new(1024, 2, 3), new(512, 3, 4)];
        Assert.Equal(3072, MemoryPlanner.Pack(chain));
    }

    [Fact]
    public void Nothing_needs_no_memory() => Assert.Equal(0, MemoryPlanner.Pack([]));
}
