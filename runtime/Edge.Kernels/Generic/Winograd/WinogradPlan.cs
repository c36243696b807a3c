using Edge.Kernels.Generic.Gemm;

namespace Edge.Kernels.Generic.Winograd;

/// <summary>
/// How the tiles of a convolution are divided: into blocks, each transformed, multiplied and transformed back by one
/// thread while it is in that thread's cache; or, where they are too few for that, all are transformed first and threads
/// divide the output channels. Either way matrix products see the same rows together, so that results are the same bits.
/// </summary>
internal readonly struct WinogradPlan
{
    /// <summary>Bytes of transformed inputs and products that a block may have: with weights on their way they shall stay in a second-level cache.</summary>
    private const nint MaxBlockBytes = 512 * 1024;

    /// <summary>Bytes of transformed inputs that threads may share.</summary>
    private const nint MaxSharedBytes = 2 * 1024 * 1024;

    /// <summary>Blocks for each thread, at least, so that no thread waits long for another.</summary>
    private const int BlocksPerThread = 3;

    private const int InputChunksPerThread = 4;

    /// <summary>Bytes that a thread needs of its own before its planes: the temporary tile and a row of zeros.</summary>
    public const int HeadBytes = WinogradKernels.TemporaryBytes + 64 * sizeof(float);

    /// <summary>All tiles are transformed first, for all threads.</summary>
    public readonly bool Shares;

    /// <summary>How the rows of products, which are tiles, are divided.</summary>
    public readonly RowTiles Division;

    /// <summary>Register tiles of products in a block.</summary>
    private readonly nint _blockGroups;

    public readonly int Blocks;

    /// <summary>The most threads that take part.</summary>
    public readonly int Threads;

    /// <summary>Where all tiles are transformed first: in how many parts.</summary>
    public readonly int InputChunks;

    /// <summary>Between planes of transformed inputs, and of products, in numbers of four bytes.</summary>
    public readonly nint InputPlane;
    public readonly nint ProductPlane;

    private readonly int _rows;
    private readonly int _planes;

    /// <param name="layout">The convolution.</param>
    /// <param name="tiles">Register tiles of products.</param>
    /// <param name="threads">Threads that will run it.</param>
    public WinogradPlan(in WinogradLayout layout, TileSet tiles, int threads)
    {
        int maxRows = tiles.MaxRows;
        Division = new RowTiles(layout.Tiles, tiles);
        _planes = layout.Planes;
        int groups = (int)Math.Max(Division.Count, 1);
        int columns = layout.Panels == 0 ? layout.Columns : layout.PanelColumns(0);
        nint stepBytes = (nint)_planes * maxRows * sizeof(float), groupBytes = stepBytes * (layout.RowSteps + columns);
        Shares = threads > 1 && groups < threads * BlocksPerThread && layout.Panels >= threads && groups * stepBytes * layout.RowSteps <= MaxSharedBytes;
        int most = (int)Math.Max(MaxBlockBytes / groupBytes, 1);
        if (!Shares && threads > 1) most = Math.Min(most, Math.Max(groups / (threads * BlocksPerThread), 1));
        int blocks = Shares ? 1 : (groups + most - 1) / most;
        _blockGroups = (groups + blocks - 1) / blocks;
        Blocks = (int)((Division.Count + _blockGroups - 1) / _blockGroups);
        Threads = threads;
        InputChunks = Math.Min(layout.Tiles, threads * InputChunksPerThread);
        // The last tile of products may have more rows than count.
        int blockTiles = (int)_blockGroups * maxRows;
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

    /// <summary>Bytes of the addresses.</summary>
    public nint AddressBytes => ((nint)_rows * sizeof(long) + 63) / 64 * 64;

    public nint ProductBytes => _planes * ProductPlane * sizeof(float);

    private nint InputBytes => _planes * InputPlane * sizeof(float);
}
