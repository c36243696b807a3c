using System.Diagnostics.CodeAnalysis;
using Edge.Kernels.Topology;

namespace Edge.Kernels.Generic.Gemm;

/// <summary>Where the rows of A are that a block of output pixels is made of.</summary>
/// <param name="addresses">As <see cref="TileArguments.Rows"/> has them: a table, or what equidistant rows begin with.</param>
/// <param name="stride">From row to row where they are equidistant; 0 for a table.</param>
internal readonly unsafe struct TileRows(byte** addresses, nint stride)
{
    public byte** Addresses { get; } = addresses;

    public nint Stride { get; } = stride;

    /// <summary>A table, else equidistant.</summary>
    public bool IsTable => Stride == 0;
}

/// <summary>Takes output pixels through one panel of weights, tile by tile, or many tiles at once where their output needs no more.</summary>
/// <param name="layout">The convolution.</param>
/// <param name="tiles">Tiles of <see cref="ConvLayout.Columns"/> columns.</param>
/// <param name="panels">Packed weights.</param>
/// <param name="finish">Initial values and output.</param>
internal readonly unsafe struct PanelTiles<TFinish>(in ConvLayout layout, TileSet tiles, byte* panels, in TFinish finish)
    where TFinish : struct, ITileFinish
{
    private readonly ConvLayout _layout = layout;
    private readonly TileSet _tiles = tiles;
    private readonly byte* _panels = panels;
    private readonly TFinish _finish = finish;
    private readonly bool _streams = layout.PackedBytes > PanelCache.Bytes;

    /// <summary>Bytes of the buffer that <see cref="Run"/> needs.</summary>
    public int BufferBytes => _tiles.MaxRows * _layout.Columns * 4;

    [UnscopedRef]
    public ref readonly ConvLayout Layout => ref _layout;

    public TileSet Tiles => _tiles;

    [UnscopedRef]
    public ref readonly TFinish Finish => ref _finish;

    /// <summary>Computes the panel's channels of output pixels.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="origin">The pixel that is row 0 of <paramref name="division"/>.</param>
    /// <param name="division">How pixels are divided.</param>
    /// <param name="first">The first tile to compute.</param>
    /// <param name="last">Behind the last one.</param>
    /// <param name="rows">Of the first tile and those that follow; if a table, without gaps.</param>
    /// <param name="rowSums">A sum for each row from the first tile on, if they are needed.</param>
    /// <param name="buffer"><see cref="BufferBytes"/> bytes.</param>
    public void Run(int panel, nint origin, in RowTiles division, nint first, nint last, in TileRows rows, int* rowSums, byte* buffer)
    {
        (int group, int column) = Math.DivRem(panel, _layout.PanelsPerGroup);
        column *= _layout.Columns;
        nint start = (nint)group * _layout.Geometry.InChannelsPerGroup * _layout.ElementBytes;
        var t = new TileArguments { Taps = _layout.Taps, Rows = rows.Addresses, RowStride = rows.Stride, Panel = _panels + _layout.PanelOffset(panel), Streams = _streams ? 1 : 0, Ahead = _panels };
        var span = new TileSpan
        {
            Panel = panel,
            Channel = group * _layout.Geometry.OutChannelsPerGroup + column,
            Columns = Math.Min(_layout.Columns, _layout.Geometry.OutChannelsPerGroup - column),
            TileColumns = _layout.PanelColumns(panel),
        };
        span.Masked = span.Columns < span.TileColumns && _tiles.HasAllVariants;
        TileVariant variant = (span.TileColumns < _layout.Columns ? TileVariant.LeftHalf : 0) | (span.Masked ? TileVariant.Masked : 0) | (rows.IsTable ? 0 : TileVariant.Equidistant);
        nint from = division.Start(first);
        FetchNextPanel(ref t, panel, division.Start(last) - from, last - first);
        t.ColumnMask = (1UL << span.Columns) - 1;
        for (nint tile = first, tiles; tile < last; tile += tiles)
        {
            nint row = division.Start(tile);
            int count = division.Rows(tile);
            tiles = division.EndOfRun(tile, last) - tile;
            span.Pixel = origin + row;
            span.Rows = count;
            span.TileRows = _tiles.RowsFor(count);
            span.RowSums = rowSums + (row - from);
            if (tiles > 1 && _finish.TakesRun(span)) span.Rows = span.TileRows = (int)tiles * count;
            else tiles = 1;
            t.Start = start + (row - from) * rows.Stride;
            t.End = t.Start + _layout.TapBytes;
            _finish.Begin(ref t, span, buffer);
            // Kernels leave nothing of what they are given.
            TileArguments arguments = t;
            arguments.FurtherTiles = tiles - 1;
            _tiles.KernelFor(count, variant).Run(&arguments);
            _finish.End(t, span, buffer);
            t.Ahead += tiles * Turns * t.AheadStep;
            if (rows.IsTable) t.Rows += (nint)_layout.Taps * span.TileRows;
        }
    }

    /// <summary>Turns of 16 bytes of a row in a tile.</summary>
    private nint Turns => (nint)_layout.Taps * (_layout.TapBytes / 16);

    private void FetchNextPanel(ref TileArguments t, int panel, nint pixels, nint tiles)
    {
        if (panel + 1 >= _layout.Panels) return;
        nint next = _layout.PanelOffset(panel + 1);
        t.FetchAhead(_panels + next, next - _layout.PanelOffset(panel), pixels, tiles, Turns);
    }
}

/// <summary>What of packed weights a core keeps.</summary>
internal static class PanelCache
{
    /// <summary>Half of its second-level cache: the rest is for what the weights meet.</summary>
    public static readonly nint Bytes = (nint)(CpuTopology.Current.L2BytesPerCore / 2);
}
