using Edge.Kernels.Packing;
using Edge.Tensors;
using Xunit;

namespace Edge.Kernels.Tests.Packing;

public sealed unsafe class PackedMemoryTests
{
    [Fact]
    public void Blocks_lie_one_after_another_in_what_was_expected_and_beyond_it_elsewhere()
    {
        using var memory = new PackedMemory(1 << 20);
        nint[] sizes = [100_000, 1, 64, 65, 500_000];
        PackedBlock[] blocks = [.. sizes.Select(memory.Take)];
        byte* next = blocks[0].Base;
        for (int i = 0; i < blocks.Length; i++)
        {
            Assert.False(blocks[i].IsFilled);
            Assert.Equal(sizes[i], blocks[i].ByteLength);
            Assert.Equal((nint)next, (nint)blocks[i].Base);
            Assert.Equal(0, (nint)next % Tensor.Alignment);
            Assert.True(new ReadOnlySpan<byte>(next, (int)sizes[i] + Tensor.Slack).IndexOfAnyExcept((byte)0) < 0, $"block {i} is not zero");
            next += (sizes[i] + Tensor.Alignment - 1) / Tensor.Alignment * Tensor.Alignment;
        }

        // The rest of the piece is too small for the first of these, and forgotten.
        var large = memory.Take(600_000);
        Assert.False((nuint)large.Base >= (nuint)blocks[0].Base && (nuint)large.Base < (nuint)next);
        foreach (var block in blocks.Append(large)) block.Dispose();
    }

    [Fact]
    public void A_block_outlives_the_memory_that_it_was_taken_from_and_its_neighbours()
    {
        PackedBlock kept;
        using (var memory = new PackedMemory(4 << 20))
        {
            using var neighbour = memory.Take(1 << 20);
            new Span<byte>(neighbour.Base, 1 << 20).Fill(1);
            kept = memory.Take(2 << 20);
            new Span<byte>(kept.Base, 2 << 20).Fill(7);
        }

        // What is allocated now would be given the memory, had it been freed.
        using (var arena = new Arena(4 << 20)) new Span<byte>(arena.Base, 4 << 20).Fill(9);
        Assert.True(new ReadOnlySpan<byte>(kept.Base, 2 << 20).IndexOfAnyExcept((byte)7) < 0);
        kept.Dispose();
        kept.Dispose();
        Assert.Throws<ObjectDisposedException>(() => (nint)kept.Base);
    }
}
