using Xunit;

namespace Edge.Tensors.Tests;

public unsafe class ArenaTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public void An_arena_is_aligned_zeroed_and_has_slack(int bytes)
    {
        using var arena = new Arena(bytes);
        Assert.Equal(0, (nint)arena.Base % Tensor.Alignment);
        Assert.False(new Span<byte>(arena.Base, bytes + Tensor.Slack).ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void A_disposed_arena_says_so_and_may_be_disposed_again()
    {
        var arena = new Arena(10);
        arena.Dispose();
        arena.Dispose();
        Assert.Throws<ObjectDisposedException>(() => (nint)arena.Base);
    }

    [Fact]
    public void A_negative_size_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new Arena(-1));
}
