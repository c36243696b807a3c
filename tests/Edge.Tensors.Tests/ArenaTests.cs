using System.Globalization;
using Xunit;

namespace Edge.Tensors.Tests;

public unsafe class ArenaTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(5_000_000)]
    public void An_arena_is_aligned_zeroed_and_has_slack(int bytes)
    {
        using var arena = new Arena(bytes);
        Assert.Equal(0, (nint)arena.Base % Tensor.Alignment);
        Assert.False(new Span<byte>(arena.Base, bytes + Tensor.Slack).ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void The_large_pages_within_an_arena_are_asked_for_and_none_beyond_it()
    {
        Assert.SkipUnless(File.Exists("/sys/kernel/mm/transparent_hugepage/enabled"), "a Linux kernel with transparent huge pages");
        const int large = 2 << 20;
        using var arena = new Arena(2 * large + 100_000);
        Assert.Equal(0, (nint)arena.Base % large);
        Assert.True(Advised(arena.Base) && Advised(arena.Base + 2 * large - 1));
        Assert.False(Advised(arena.Base + 2 * large));
    }

    /// <summary>Whether the kernel knows that the mapping of an address is to have large pages.</summary>
    private static bool Advised(byte* address)
    {
        bool within = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            string[] words = line.Split([' ', '-'], StringSplitOptions.RemoveEmptyEntries);
            if (line.StartsWith("VmFlags:", StringComparison.Ordinal))
            {
                if (within) return words.Contains("hg");
            }
            else if (ulong.TryParse(words[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong first))
            {
                within = (ulong)address >= first && (ulong)address < ulong.Parse(words[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            }
        }

        return false;
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
