using Edge.Tensors;

namespace Edge.Runtime.Planning;

/// <summary>A block that a chain hands on within itself: memory for the rows of one chunk.</summary>
/// <param name="block">The block.</param>
/// <param name="rowBytes">Bytes of a row.</param>
internal sealed class RowBuffer(BlockStorage block, nint rowBytes)
{
    public BlockStorage Block { get; } = block;

    public nint RowBytes { get; } = rowBytes;

    /// <summary>Where it is in a thread's memory.</summary>
    public nint Offset { get; private set; }

    /// <summary>Gives places to buffers for so many rows, and returns the bytes that all of them take.</summary>
    public static nint Place(IReadOnlyList<RowBuffer> buffers, nint rows)
    {
        Lifetime[] lifetimes = [.. buffers.Select(b => new Lifetime(b.RowBytes * rows + Tensor.Slack, b.Block.FirstUse, b.Block.LastUse))];
        nint bytes = MemoryPlanner.Pack(lifetimes);
        for (int i = 0; i < lifetimes.Length; i++) buffers[i].Offset = lifetimes[i].Offset;
        return bytes;
    }
}
