namespace Edge.Runtime.Execution;

/// <summary>How rows are divided among threads.</summary>
/// <param name="Rows">How many.</param>
/// <param name="Granule">What chunks begin and end with a multiple of, or the last row.</param>
/// <param name="Threads">Threads that share them.</param>
/// <param name="Chunks">Chunks, a multiple of the threads.</param>
internal readonly record struct RowDivision(nint Rows, int Granule, int Threads, int Chunks)
{
    /// <summary>The first row of a chunk; of <see cref="Chunks"/>, the end of all.</summary>
    public nint Start(int chunk) => nint.Min((Rows + Granule - 1) / Granule * chunk / Chunks * Granule, Rows);

    /// <summary>Rows of the smallest chunk and of the largest.</summary>
    public (nint Least, nint Most) Sizes()
    {
        nint least = Rows, most = 0;
        for (int chunk = 0; chunk < Chunks; chunk++)
        {
            nint count = Start(chunk + 1) - Start(chunk);
            (least, most) = (nint.Min(least, count), nint.Max(most, count));
        }

        return (least, most);
    }
}
