using Edge.Runtime.Execution;

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
