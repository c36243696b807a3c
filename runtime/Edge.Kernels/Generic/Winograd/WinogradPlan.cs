using Edge.Kernels.Generic.Gemm;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Generic.Winograd;

/// <summary>
/// How the tiles of a convolution are divided into blocks. Each is transformed, multiplied and transformed back by one thread: a
/// block that its cache keeps, or a larger one where reading all weights for each of many blocks would take longer than reading
/// its inputs for each panel of weights. Or, where there are few tiles and many weights, all are transformed first and threads
/// divide the output channels. Either way matrix products see the same rows together, so that results are the same bits.
/// </summary>
internal readonly struct WinogradPlan
{
    /// <summary>Bytes of transformed inputs and products of a block that a second-level cache shall keep, with weights on their way.</summary>
    private const nint CachedBlockBytes = 512 * 1024;

    /// <summary>Bytes of transformed inputs that a block may have at all.</summary>
    private const nint MaxInputBytes = 2 * 1024 * 1024;

    /// <summary>Blocks for each thread, at least, so that no thread waits long for another.</summary>
    private const int BlocksPerThread = 3;

    private const int InputChunksPerThread = 4;

    /// <summary>
    /// Processor cycles of the products below which threads do not share a convolution: they would wait longer for each other's input and output
    /// than they compute.
    /// </summary>
    private const long LeastCycles = 64 * 1024;

    /// <summary>
    /// Threads that had better transform all tiles each than hand each other the half of them: a line of memory that
    /// another core reads costs the one that writes it next, too.
    /// </summary>
    private const int MostThatRepeat = 2;

    /// <summary>
    /// In multiply-adds of a vector: what it costs to read a vector of weights from beyond a core's caches, one of inputs that another core
    /// has just written, where the cores have a cache in common, and to transform one again.
    /// </summary>
    private const double WeightCost = 8, HandOverCost = 12, RepeatCost = 14;

    /// <summary>Bytes that a thread needs of its own before its planes: the temporary tile, a row of zeros, a flag.</summary>
    public const int HeadBytes = WinogradKernels.TemporaryBytes + 64 * sizeof(float) + FlagBytes;

    /// <summary>The end of them, whether the thread has transformed its inputs: a line of the cache.</summary>
    public const int FlagBytes = 64;

    /// <summary>Threads divide the output channels.</summary>
    public readonly bool DividesChannels;

    /// <summary>Where they do: all tiles are transformed first, for all threads. Else each transforms all for itself.</summary>
    public readonly bool Shares;

    /// <summary>How the rows of products, which are tiles, are divided.</summary>
    public readonly RowTiles Division;

    /// <summary>Register tiles of products in a block.</summary>
    private readonly nint _blockGroups;

    public readonly int Blocks;

    /// <summary>The most threads that take part.</summary>
    public readonly int Threads;

    /// <summary>Where all tiles are transformed first for all threads: in how many parts.</summary>
    public readonly int InputChunks;

    /// <summary>Between planes of transformed inputs, and of products, in numbers of four bytes.</summary>
    public readonly nint InputPlane;
    public readonly nint ProductPlane;

    private readonly int _rows;
    private readonly int _planes;

    /// <param name="layout">The convolution.</param>
    /// <param name="tiles">Register tiles of products.</param>
    /// <param name="threads">Threads that may run it.</param>
    public WinogradPlan(in WinogradLayout layout, TileSet tiles, int threads)
    {
        // A tile has two registers of columns, and CPUs multiply with two a cycle.
        if ((long)layout.Tiles * layout.Planes * layout.Steps * layout.Panels < LeastCycles) threads = 1;
        int maxRows = tiles.MaxRows;
        Division = new RowTiles(layout.Tiles, tiles);
        _planes = layout.Planes;
        int groups = (int)Math.Max(Division.Count, 1);
        int columns = layout.Panels == 0 ? layout.Columns : layout.PanelColumns(0);
        nint stepBytes = (nint)_planes * maxRows * sizeof(float), groupBytes = stepBytes * (layout.RowSteps + columns);
        nint inputBytes = (nint)layout.Tiles * _planes * layout.RowSteps * sizeof(float);
        int most = (int)Math.Max(CachedBlockBytes / groupBytes, 1), largest = (int)Math.Max(MaxInputBytes / (stepBytes * layout.RowSteps), 1);
        if (threads > 1) most = Math.Min(most, DivideUp(groups, threads * BlocksPerThread));
        int alike = DivideUp(groups, threads) * threads;
        DividesChannels = threads > 1 && layout.Panels >= threads && groups <= largest && DividingCost(layout, threads, inputBytes) < OwnCost(layout, threads, RowTiles.MayBe(layout.Tiles, tiles, alike) ? alike : groups);
        Shares = DividesChannels && threads > MostThatRepeat;
        if (DividesChannels) most = groups;
        else if ((DivideUp(groups, most) - threads) * layout.WeightBytes > layout.Panels * inputBytes) most = Math.Min(largest, DivideUp(groups, threads));
        int blocks = DivideUp(groups, most);
        if (threads > 1 && !DividesChannels)
        {
            // As many blocks, and as large ones, for each thread, if lower tiles allow it.
            int each = DivideUp(blocks, threads) * threads, even = each * DivideUp(groups, each);
            if (even > groups && RowTiles.MayBe(layout.Tiles, tiles, even))
            {
                Division = new RowTiles(layout.Tiles, tiles, even);
                (groups, blocks) = (even, each);
            }
        }

        _blockGroups = DivideUp(groups, blocks);
        Blocks = (int)((Division.Count + _blockGroups - 1) / _blockGroups);
        Threads = threads;
        // The last tile of products may have more rows than count.
        int blockTiles = (int)_blockGroups * maxRows;
        InputChunks = Math.Min(layout.Tiles, threads * InputChunksPerThread);
        _rows = blockTiles + maxRows;
        InputPlane = WinogradLayout.PlaneLength(blockTiles, layout.RowSteps);
        ProductPlane = WinogradLayout.PlaneLength(_rows, columns);
    }

    /// <summary>The register tiles of a block: <c>[First, Last)</c> of <see cref="Division"/>.</summary>
    public (nint First, nint Last) Block(int block) => (block * _blockGroups, Math.Min((block + 1) * _blockGroups, Division.Count));

    /// <summary>What threads share: transformed inputs, if they do.</summary>
    public nint SharedBytes => Shares ? InputBytes : 0;

    /// <summary>What each thread has of its own: <see cref="HeadBytes"/>, addresses of rows, products, transformed inputs.</summary>
    public nint ThreadBytes => HeadBytes + AddressBytes + ProductBytes + (Shares ? 0 : InputBytes);

    public nint ScratchBytes => SharedBytes + Threads * ThreadBytes;

    /// <summary>From one thread's part of scratch to the next one's, where there are <paramref name="bytes"/> of it.</summary>
    public nint ThreadStride(nint bytes) => ThreadParts.Stride(bytes - SharedBytes, Threads, ThreadBytes);

    /// <summary>Bytes of the addresses.</summary>
    public nint AddressBytes => ((nint)_rows * sizeof(long) + 63) / 64 * 64;

    public nint ProductBytes => _planes * ProductPlane * sizeof(float);

    /// <summary>What a vector of weights costs a thread that has tiles of its own, and reads all weights.</summary>
    private static double OwnCost(in WinogradLayout layout, int threads, int groups) => (double)layout.Tiles / groups * DivideUp(groups, threads) + WeightCost;

    /// <summary>The same where threads divide the output channels: each reads its part of the weights, and all inputs.</summary>
    private static double DividingCost(in WinogradLayout layout, int threads, nint inputBytes)
    {
        double part = (double)DivideUp(layout.Panels, threads) / layout.Panels;
        return (layout.Tiles + WeightCost) * part + (threads > MostThatRepeat ? HandOverCost : RepeatCost) * inputBytes / layout.WeightBytes;
    }

    private static int DivideUp(int count, int size) => (count + size - 1) / size;

    private nint InputBytes => _planes * InputPlane * sizeof(float);
}
