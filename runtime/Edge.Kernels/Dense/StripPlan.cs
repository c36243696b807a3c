using Edge.Kernels.Topology;

namespace Edge.Kernels.Dense;

/// <summary>Convolutions that may be computed by strips: a depthwise one, and the pointwise ones before and after it.</summary>
/// <param name="Depthwise">Its shape.</param>
/// <param name="HasBefore">Whether there is one before it.</param>
/// <param name="HasAfter">Whether there is one after it.</param>
/// <param name="ElementBytes">4 or 1: of what is handed on.</param>
/// <param name="Macs">Multiply-accumulates of all of them.</param>
public readonly record struct StripStages(ConvGeometry Depthwise, bool HasBefore, bool HasAfter, int ElementBytes, long Macs);

/// <summary>Into strips of how many rows the output of a depthwise convolution is cut, for <see cref="ConvStrips"/>.</summary>
/// <param name="Rows">Of a strip; the last one of a picture may have fewer.</param>
public readonly record struct StripPlan(int Rows)
{
    /// <summary>More rows save nothing, fewer cost more than they save.</summary>
    private const int MostRows = 16, LeastRows = 2;

    /// <summary>Chunks for each thread: one that is held up does not delay the others by much, and not many rows are computed twice.</summary>
    private const int ChunksPerThread = 2;

    /// <summary>Where strips save hand-overs only, at most one of so many rows of the input is computed twice.</summary>
    private const int RowsPerRepeat = 3;

    /// <summary>Multiply-accumulates of 32 bits below which strips would hand over what threads do not when they leave it to one of them.</summary>
    private const long LeastMacs = 512 * 1024;

    /// <summary>The strips by which some convolutions are computed faster than one after another; null if they are not.</summary>
    /// <param name="stages">The convolutions.</param>
    /// <param name="threads">The most threads that take part.</param>
    /// <param name="sameBits">Whether strips have the bits of the whole. Where they have not, they must not depend on the threads.</param>
    /// <remarks>
    /// They pay where what is handed on is clearly more than a core's second-level cache keeps. They pay as well where threads run on
    /// cores with such caches of their own: rows beyond the border of a thread's share would come line by line from another core, and are
    /// computed twice instead, if they are few; and threads wait for each other once, not after each convolution.
    /// </remarks>
    public static StripPlan? Find(in StripStages stages, int threads, bool sameBits)
    {
        ConvGeometry g = stages.Depthwise;
        if (!stages.HasBefore && !stages.HasAfter) return null;
        if (!sameBits) threads = 1;
        if (TryMake(g, stages.ElementBytes, threads) is not { } plan) return null;
        long input = (long)g.InHeight * g.InWidth * g.InChannels * stages.ElementBytes, output = (long)g.OutHeight * g.OutWidth * g.OutChannels * stages.ElementBytes;
        bool isMuch = (stages.HasBefore ? input : 0) + (stages.HasAfter ? output : 0) > CpuTopology.Current.L2BytesPerCore * 3 / 2;
        return isMuch || (CpuTopology.Current.HasOwnL2 && plan.SavesHandOvers(stages, threads)) ? plan : null;
    }

    /// <summary>
    /// Strips that fit into a core's second-level cache, as many for each of the threads; null where even few rows do not, or have too few
    /// pixels to have the bits of the whole.
    /// </summary>
    /// <param name="g">The depthwise convolution.</param>
    /// <param name="elementBytes">4 or 1.</param>
    /// <param name="threads">The most threads that take part.</param>
    public static StripPlan? TryMake(in ConvGeometry g, int elementBytes, int threads)
    {
        if (!g.IsDepthwise || g.Batch == 0) return null;
        int sharers = Sharers(g, threads);
        int rows = sharers == 1 ? Math.Min(MostRows, g.OutHeight) : Parts(g.OutHeight, sharers);
        for (int parts = 1; rows >= LeastRows; rows = sharers == 1 ? rows - 1 : Parts(g.OutHeight, sharers * ++parts))
        {
            // Kernels have tiles of two and four rows.
            if (sharers == 1 && (rows > 4 ? rows % 4 != 0 : rows == 3)) continue;
            if (rows <= MostRows && Fits(g, elementBytes, rows) && HasManyPixels(g, rows)) return new StripPlan(rows);
        }

        return null;
    }

    /// <summary>What the depthwise convolution of a strip is to be prepared for.</summary>
    public ConvGeometry Geometry(in ConvGeometry g) => g with { Batch = 1, InHeight = InputRows(g), OutHeight = Rows, PadTop = 0 };

    /// <summary>Rows of the input that a strip reads.</summary>
    public int InputRows(in ConvGeometry g) => InputRows(g, Rows);

    /// <summary>Strips of one picture.</summary>
    public int StripsPerImage(in ConvGeometry g) => Parts(g.OutHeight, Rows);

    /// <summary>Chunks of strips that are worth it for so many threads.</summary>
    public int Chunks(in ConvGeometry g, int threads) => threads == 1 ? 1 : Math.Min(g.Batch * StripsPerImage(g), threads * ChunksPerThread);

    /// <summary>Threads that have to share a picture.</summary>
    private static int Sharers(in ConvGeometry g, int threads) => Parts(threads, g.Batch);

    private static int Parts(int count, int size) => (count + size - 1) / size;

    private static int InputRows(in ConvGeometry g, int rows) => (rows - 1) * g.StrideHeight + (g.KernelHeight - 1) * g.DilationHeight + 1;

    private static bool Fits(in ConvGeometry g, int elementBytes, int rows)
    {
        long cache = CpuTopology.Current.L2BytesPerCore, inputRow = (long)g.InWidth * g.InChannels * elementBytes, outputRow = (long)g.OutWidth * g.OutChannels * elementBytes;
        return InputRows(g, rows) * inputRow + rows * outputRow <= (rows == LeastRows ? cache : cache / 4 * 3);
    }

    /// <summary>Whether all that is computed together of any strip, wherever a chunk begins, has <see cref="PreparedConv.ManyPixels"/>.</summary>
    private static bool HasManyPixels(in ConvGeometry g, int rows)
    {
        int input = InputRows(g, rows), kept = Math.Max(input - rows * g.StrideHeight, 0);
        for (int row = 0; row < g.OutHeight; row += rows)
        {
            if ((long)Math.Min(rows, g.OutHeight - row) * g.OutWidth < PreparedConv.ManyPixels) return false;
            int top = row * g.StrideHeight - g.PadTop, end = Math.Min(top + input, g.InHeight);
            foreach (int known in (ReadOnlySpan<int>)[0, row == 0 ? 0 : kept])
                if (end - Math.Max(top + known, 0) is > 0 and var count && (long)count * g.InWidth < PreparedConv.ManyPixels) return false;
        }

        return true;
    }

    private bool SavesHandOvers(in StripStages stages, int threads)
    {
        ConvGeometry g = stages.Depthwise;
        if (Sharers(g, threads) == 1 || stages.Macs * stages.ElementBytes / sizeof(float) < LeastMacs) return false;
        long borders = Math.Min(StripsPerImage(g), Sharers(g, threads) * ChunksPerThread) - 1;
        long repeated = stages.HasBefore ? borders * Math.Max(InputRows(g) - Rows * g.StrideHeight, 0) : 0;
        return repeated * RowsPerRepeat <= g.InHeight;
    }
}
