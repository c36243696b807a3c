using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>
/// A convolution cut into chunks, each some output pixels by some panels. Within a chunk, blocks of pixels small enough
/// to stay in the cache are taken through all panels, so that a panel is loaded once a block.
/// </summary>
internal readonly unsafe struct ConvTiles<TFinish> : IParallelJob
    where TFinish : struct, ITileFinish
{
    /// <summary>Bytes of addresses that a block of pixels may take, and pixels of it.</summary>
    private const int MaxTableBytes = 16 * 1024, MaxBlockPixels = 8 * 1024;

    private readonly PanelTiles<TFinish> _perPanel;
    private readonly ConvLayout _layout;
    private readonly TileSet _tiles;
    private readonly byte* _padding;
    private readonly byte* _x;
    private readonly TFinish _finish;
    private readonly nint _origin;
    private readonly int _panelChunks;
    private readonly int _pixelChunks;
    private readonly RowTiles _division;

    private ConvTiles(in PanelTiles<TFinish> perPanel, byte* padding, byte* x, int threads)
    {
        ConvLayout layout = perPanel.Layout;
        TileSet tiles = perPanel.Tiles;
        _perPanel = perPanel;
        _layout = layout;
        _tiles = tiles;
        _padding = padding;
        _x = x;
        _finish = perPanel.Finish;
        _division = new RowTiles(layout.Pixels, tiles);
        nint pixelTiles = _division.Count;
        long wanted = ConvChunks.Wanted(layout, threads);
        _pixelChunks = (int)Math.Min(wanted, pixelTiles);
        // Weights that no core keeps are read once for each chunk of pixels: of as many panels as there are threads for, rather.
        bool splitsPanels = _pixelChunks < threads * 2 || (layout.PackedBytes > PanelCache.Bytes && !_finish.NeedsRowSums);
        if (splitsPanels && _pixelChunks >= threads * 2) _pixelChunks = (int)Math.Min(_pixelChunks, (pixelTiles - 1) / BlockTiles(pixelTiles) + 1);
        _panelChunks = splitsPanels ? (int)Math.Clamp(wanted / _pixelChunks, 1, layout.Panels) : 1;
        if (_panelChunks > 1 || _pixelChunks % threads != 0 || !ConvChunks.HasEqualShares(layout, threads)) return;
        // As many tiles for each thread, if lower ones change no bit.
        nint even = (pixelTiles + threads - 1) / threads * threads;
        if (RowTiles.MayBe(layout.Pixels, tiles, even)) _division = new RowTiles(layout.Pixels, tiles, even);
    }

    /// <summary>Some pixels, for one thread.</summary>
    private ConvTiles(in PanelTiles<TFinish> perPanel, byte* padding, byte* x, nint first, nint pixels)
    {
        _perPanel = perPanel;
        _layout = perPanel.Layout;
        _tiles = perPanel.Tiles;
        _padding = padding;
        _x = x;
        _finish = perPanel.Finish;
        _origin = first;
        _division = new RowTiles(pixels, _tiles);
        (_pixelChunks, _panelChunks) = (1, 1);
    }

    private int Chunks => _pixelChunks * _panelChunks;

    /// <summary>Runs the convolution. Allocates nothing.</summary>
    /// <param name="layout">The convolution.</param>
    /// <param name="tiles">Tiles of <see cref="ConvLayout.Columns"/> columns.</param>
    /// <param name="panels">Packed weights.</param>
    /// <param name="padding">A row of padding.</param>
    /// <param name="x">The input.</param>
    /// <param name="finish">Initial values and output.</param>
    /// <param name="pool">The threads to use.</param>
    public static void Run(in ConvLayout layout, TileSet tiles, byte* panels, byte* padding, byte* x, in TFinish finish, WorkerPool pool)
    {
        if (layout.Pixels == 0 || layout.Panels == 0) return;
        var perPanel = new PanelTiles<TFinish>(layout, tiles, panels, finish);
        if (ConvLines<TFinish>.Takes(perPanel))
        {
            ConvLines<TFinish>.Run(perPanel, x, *padding, pool);
            return;
        }

        var job = new ConvTiles<TFinish>(perPanel, padding, x, pool.Threads);
        pool.Run(ref job, job.Chunks);
    }

    /// <summary>Computes pixels <c>first … first + pixels − 1</c> of the output on the calling thread. Allocates nothing.</summary>
    /// <inheritdoc cref="Run"/>
    public static void RunRange(in ConvLayout layout, TileSet tiles, byte* panels, byte* padding, byte* x, in TFinish finish, nint first, nint pixels)
    {
        if (pixels == 0 || layout.Panels == 0) return;
        var perPanel = new PanelTiles<TFinish>(layout, tiles, panels, finish);
        int width = layout.Geometry.OutWidth;
        if (ConvLines<TFinish>.Takes(perPanel) && first % width == 0 && pixels % width == 0)
        {
            ConvLines<TFinish>.RunRange(perPanel, x, *padding, first / width, pixels / width);
            return;
        }

        var range = new ConvTiles<TFinish>(perPanel, padding, x, first, pixels);
        range.Blocks(0, range._division.Count, 0, layout.Panels, range.BlockTiles(range._division.Count));
    }

    public void Execute(int chunk)
    {
        (int pixelChunk, int panelChunk) = Math.DivRem(chunk, _panelChunks);
        nint first = FirstTile(pixelChunk), last = FirstTile(pixelChunk + 1);
        int firstPanel = (int)((long)_layout.Panels * panelChunk / _panelChunks);
        int lastPanel = (int)((long)_layout.Panels * (panelChunk + 1) / _panelChunks);
        Blocks(first, last, firstPanel, lastPanel, BlockTiles(last - first));
    }

    /// <summary>Of what does not divide, the first chunks have more.</summary>
    private nint FirstTile(int pixelChunk) => (_division.Count * pixelChunk + _pixelChunks - 1) / _pixelChunks;

    /// <summary>Rows of A are the pixels of the input, and kernels know how to find them.</summary>
    private bool IsEquidistant => _layout.IsPointwise && _tiles.HasAllVariants;

    /// <summary>How many of some tiles of pixels are taken through the panels together.</summary>
    private int BlockTiles(nint tiles)
    {
        int rows = _tiles.MaxRows;
        nint table = Math.Max(MaxTableBytes / ((nint)_layout.Taps * rows * sizeof(byte*)), 1);
        // What a core keeps beside a panel.
        nint input = Math.Clamp(PanelCache.Bytes / Math.Max(rows * _layout.PixelBytes * _layout.Geometry.StrideHeight * _layout.Geometry.StrideWidth, 1), 1, MaxBlockPixels / rows);
        nint blocks = IsEquidistant ? input : Math.Min(table, input);
        if (_layout.GatherStride > 0) blocks = Math.Min(blocks, Math.Max(MaxTableBytes / (_layout.Taps * rows * _layout.GatherStride), 1));
        return (int)Math.Min(blocks, tiles);
    }

    [SkipLocalsInit]
    private void Blocks(nint first, nint last, int firstPanel, int lastPanel, int blockTiles)
    {
        int rows = _tiles.MaxRows;
        nint tableEntries = (nint)_layout.Taps * rows;
        nint gatherBytes = tableEntries * _layout.GatherStride;
        bool equidistant = IsEquidistant;
        byte** tables = stackalloc byte*[equidistant ? 1 : (int)(blockTiles * tableEntries)];
        byte* gather = stackalloc byte[(int)(blockTiles * gatherBytes) + 16];
        int* rowSums = stackalloc int[blockTiles * rows];
        byte* buffer = stackalloc byte[rows * _layout.Columns * 4];
        for (nint block = first; block < last; block += blockTiles)
        {
            nint end = Math.Min(block + blockTiles, last);
            byte** table = tables;
            for (nint tile = block; tile < end && !equidistant; tile++)
            {
                int count = _division.Rows(tile), tileRows = _tiles.RowsFor(count);
                RowTable.Fill(_layout, _x, _padding, _origin + _division.Start(tile), count, tileRows, table, gather + (tile - block) * gatherBytes);
                table += (nint)_layout.Taps * tileRows;
            }

            byte* firstRow = _x + (_origin + _division.Start(block)) * _layout.PixelBytes;
            TileRows rowsOfBlock = equidistant ? new(&firstRow, _layout.PixelBytes) : new(tables, 0);
            for (int panel = firstPanel; panel < lastPanel; panel++)
            {
                if (_finish.NeedsRowSums && (panel == firstPanel || panel % _layout.PanelsPerGroup == 0)) SumRows(panel, block, end, rowsOfBlock, rowSums);
                _perPanel.Run(panel, _origin, _division, block, end, rowsOfBlock, rowSums, buffer);
            }
        }
    }

    [MethodImpl(Compile.Alone)]
    private void SumRows(int panel, nint first, nint last, in TileRows rows, int* rowSums)
    {
        nint offset = (nint)(panel / _layout.PanelsPerGroup) * _layout.Geometry.InChannelsPerGroup;
        int taps = _layout.Taps, elements = _layout.TapElements, zero = _finish.RowSumOfZeroPoint;
        byte flip = _finish.RowSumFlip;
        byte** tables = rows.Addresses;
        if (!rows.IsTable)
        {
            RowSums.OfEquidistant(rows, taps, elements, offset, (int)(_division.Start(last) - _division.Start(first)), flip, zero, rowSums);
            return;
        }

        for (nint tile = first; tile < last; tile++)
        {
            int count = _division.Rows(tile);
            int tileRows = _tiles.RowsFor(count);
            for (int r = 0; r < count; r++)
            {
                Vector128<uint> lanes = Vector128<uint>.Zero;
                for (int tap = 0; tap < taps; tap++) lanes = ByteSum.Add(lanes, tables[tap * tileRows + r] + offset, elements, flip);
                rowSums[r] = (int)Vector128.Sum(lanes) - zero;
            }

            tables += (nint)taps * tileRows;
            rowSums += count;
        }
    }
}
