namespace Edge.Runtime.Execution;

/// <summary>How the rows of a <see cref="RowChain"/> are divided.</summary>
/// <param name="First">Index of the first step.</param>
/// <param name="Steps">How many, at least two.</param>
/// <param name="Rows">Rows that all of them are divided into.</param>
/// <param name="Granule">What ranges begin and end with a multiple of, or the last row.</param>
/// <param name="Threads">Threads that share them.</param>
/// <param name="Chunks">Ranges, a multiple of the threads.</param>
/// <param name="ThreadBytes">Scratch of each thread.</param>
internal sealed record RowChainPlan(int First, int Steps, nint Rows, int Granule, int Threads, int Chunks, nint ThreadBytes)
{
    public nint ScratchBytes => Threads * ThreadBytes;

    /// <summary>The first row of a chunk; of <see cref="Chunks"/>, the end of all.</summary>
    public nint Start(int chunk) => Start(Rows, Granule, Chunks, chunk);

    /// <inheritdoc cref="Start(int)"/>
    public static nint Start(nint rows, int granule, int chunks, int chunk) => nint.Min((rows + granule - 1) / granule * chunk / chunks * granule, rows);
}
