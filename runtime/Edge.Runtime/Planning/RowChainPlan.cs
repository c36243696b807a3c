using Edge.Runtime.Execution;
using Edge.Tensors;

namespace Edge.Runtime.Planning;

/// <summary>Steps that become a <see cref="RowChain"/>.</summary>
/// <param name="First">Index of the first step.</param>
/// <param name="Steps">How many, at least two.</param>
/// <param name="Division">How rows are divided.</param>
/// <param name="Buffers">Blocks of which each thread has the rows that it is at.</param>
/// <param name="BufferBytes">Bytes that they take, for each thread.</param>
/// <param name="ScratchBytes">Scratch of steps, for each thread.</param>
internal sealed record RowChainPlan(int First, int Steps, RowDivision Division, IReadOnlyList<RowBuffer> Buffers, nint BufferBytes, nint ScratchBytes)
{
    public int Last => First + Steps - 1;
}

/// <summary>Memory that a chain needs, and does not need.</summary>
/// <param name="First">Place of the first step among the graph's nodes.</param>
/// <param name="Last">Of the last one.</param>
/// <param name="Bytes">Bytes of all threads, besides the arena.</param>
/// <param name="Buffered">Blocks that need no place, as each thread has the rows that it is at.</param>
internal sealed record ChainMemory(int First, int Last, nint Bytes, IReadOnlySet<Storage> Buffered);

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
