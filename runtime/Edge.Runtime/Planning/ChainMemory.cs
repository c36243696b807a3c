namespace Edge.Runtime.Planning;

/// <summary>Memory that a chain needs, and does not need.</summary>
/// <param name="First">Place of the first step among the graph's nodes.</param>
/// <param name="Last">Of the last one.</param>
/// <param name="Bytes">Bytes of all threads, besides the arena.</param>
/// <param name="Buffered">Blocks that need no place, as each thread has the rows that it is at.</param>
internal sealed record ChainMemory(int First, int Last, nint Bytes, IReadOnlySet<Storage> Buffered);
