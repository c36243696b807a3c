using Edge.Tensors;

namespace Edge.Runtime.Planning;

/// <summary>A buffer and the steps during which it holds something.</summary>
/// <param name="Bytes">Size.</param>
/// <param name="First">Step that writes it first.</param>
/// <param name="Last">Step that reads it last.</param>
internal sealed record Lifetime(nint Bytes, int First, int Last)
{
    /// <summary>Where the buffer lies in the arena; given by <see cref="MemoryPlanner.Pack"/>.</summary>
    public nint Offset { get; set; } = -1;

    public bool Overlaps(Lifetime other) => First <= other.Last && other.First <= Last;
}

/// <summary>
/// Packs buffers into one arena such that buffers which live at the same time do not overlap: greedy by size, each at
/// the lowest gap that is large enough (Pisarchyk &amp; Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020).
/// </summary>
internal static class MemoryPlanner
{
    /// <summary>Sets every <see cref="Lifetime.Offset"/> and returns the arena's size in bytes.</summary>
    public static nint Pack(IReadOnlyList<Lifetime> buffers)
    {
        var placed = new List<Lifetime>(buffers.Count); // ordered by offset
        nint total = 0;
        foreach (var b in buffers.OrderByDescending(b => b.Bytes).ThenBy(b => b.First))
        {
            nint size = Align(b.Bytes);
            nint offset = 0;
            foreach (var other in placed)
            {
                if (!other.Overlaps(b)) continue;
                if (other.Offset - offset >= size) break;
                offset = Math.Max(offset, other.Offset + Align(other.Bytes));
            }

            b.Offset = offset;
            total = Math.Max(total, offset + size);
            int i = placed.FindIndex(p => p.Offset > offset);
            placed.Insert(i < 0 ? placed.Count : i, b);
        }

        return total;
    }

    public static nint Align(nint bytes) => (bytes + Tensor.Alignment - 1) & ~(nint)(Tensor.Alignment - 1);
}
