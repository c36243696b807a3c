using Edge.Kernels.Dense;
using Edge.Kernels.Generic.Gemm;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Generic.Winograd;

/// <summary>
/// One run of a convolution. Each thread has scratch of its own.
/// </summary>
/// <param name="tiles">The products.</param>
/// <param name="ends">What comes before and after them.</param>
/// <param name="layout">The convolution.</param>
/// <param name="plan">How it is divided.</param>
/// <param name="weights">As the layout says.</param>
/// <param name="scratch">As much as the plan says.</param>
/// <param name="threadStride">From one thread's part of it to the next one's.</param>
internal unsafe struct WinogradRun<TEnds>(TileSet tiles, in TEnds ends, in WinogradLayout layout, in WinogradPlan plan, byte* weights, byte* scratch, nint threadStride)
    where TEnds : struct, IWinogradEnds
{
    private readonly TileSet _tiles = tiles;
    private readonly TEnds _ends = ends;
    private readonly WinogradLayout _layout = layout;
    private readonly WinogradPlan _plan = plan;

    /// <summary>Runs the convolution. Allocates nothing.</summary>
    public readonly void Run(WorkerPool pool)
    {
        // There is scratch for so many.
        if (pool.Threads > _plan.Threads) pool = WorkerPool.Inline;
        if (_plan.DividesChannels)
        {
            if (_plan.Shares)
            {
                var transform = new Inputs(this);
                pool.RunSeated(ref transform, _plan.InputChunks);
            }
            else
            {
                for (int seat = 0; seat < _plan.Threads; seat++) *HasInputs(seat) = false;
            }

            var panels = new Panels(this);
            pool.RunSeated(ref panels, _layout.Panels);
        }
        else
        {
            var blocks = new Blocks(this);
            pool.RunSeated(ref blocks, _plan.Blocks);
        }
    }

    private readonly byte* Own(int seat) => scratch + _plan.SharedBytes + seat * threadStride;

    /// <summary>Whether a thread that transforms all inputs for itself has done so.</summary>
    private readonly bool* HasInputs(int seat) => (bool*)(Own(seat) + WinogradPlan.HeadBytes - WinogradPlan.FlagBytes);

    private readonly ThreadMemory Memory(int seat)
    {
        byte* own = Own(seat);
        var m = new ThreadMemory { Temporary = own, Zeros = own + WinogradKernels.TemporaryBytes, Addresses = (byte**)(own + WinogradPlan.HeadBytes) };
        m.Products = (byte*)m.Addresses + _plan.AddressBytes;
        m.Inputs = _plan.Shares ? scratch : m.Products + _plan.ProductBytes;
        new Span<byte>(m.Zeros, _layout.Columns * sizeof(float)).Clear();
        return m;
    }

    private readonly void TransformInputs(int from, int count, byte* planes, in ThreadMemory memory) =>
        _ends.Input(_layout, from, count, planes, _plan.InputPlane * sizeof(float), memory.Temporary);

    /// <summary>Multiplies some tiles by a panel of weights, and transforms the products to outputs.</summary>
    private readonly void Panel(int panel, nint first, nint last, in ThreadMemory memory)
    {
        Multiply(panel, first, last, memory);
        int from = (int)_plan.Division.Start(first), count = (int)_plan.Division.Start(last) - from;
        _ends.Output(_layout, panel, from, count, memory.Products, _plan.ProductPlane * sizeof(float), memory.Temporary);
    }

    /// <summary>The products of all planes: rows are tiles.</summary>
    private readonly void Multiply(int panel, nint first, nint last, in ThreadMemory memory)
    {
        int columns = _layout.PanelColumns(panel), maxRows = _tiles.MaxRows;
        RowTiles division = _plan.Division;
        nint from = division.Start(first), count = division.Start(last) - from;
        nint rowBytes = (nint)_layout.RowSteps * sizeof(float);
        TileVariant variant = (columns < _layout.Columns ? TileVariant.LeftHalf : 0) | (_tiles.HasAllVariants ? TileVariant.Equidistant : 0);
        if (!_tiles.HasAllVariants)
        {
            // Rows of the last tile that do not count repeat the last one that does.
            for (nint i = 0; i < count + maxRows; i++) memory.Addresses[i] = memory.Inputs + Math.Min(i, count - 1) * rowBytes;
        }

        var t = new TileArguments
        {
            RowStride = rowBytes,
            Taps = 1,
            Init = memory.Zeros,
            YStride = columns * sizeof(float),
            Low = float.NegativeInfinity,
            High = float.PositiveInfinity,
        };
        // The next plane's weights, or those of the next panel's first one, follow.
        nint turns = _layout.Steps / 4, planeBytes = _layout.PlanePanelBytes(panel);
        t.Panel = weights + _layout.PanelOffset(panel);
        t.FetchAhead(t.Panel + planeBytes, planeBytes, count, last - first, turns);
        nint ahead = (nint)(t.Ahead - t.Panel);
        for (int plane = 0; plane < _layout.Planes; plane++)
        {
            t.Panel = weights + _layout.PanelOffset(panel) + plane * planeBytes;
            t.Start = plane * _plan.InputPlane * sizeof(float);
            t.End = t.Start + _layout.Steps * sizeof(float);
            t.Y = memory.Products + plane * _plan.ProductPlane * sizeof(float);
            t.Ahead = t.Panel + ahead;
            for (nint tile = first, end; tile < last; tile = end)
            {
                end = division.EndOfRun(tile, last);
                Multiply(t, division.Start(tile) - from, division.Rows(tile), end - tile - 1, variant, memory);
                t.Ahead += (end - tile) * turns * t.AheadStep;
            }
        }
    }

    private readonly void Multiply(TileArguments t, nint from, int rows, nint furtherTiles, TileVariant variant, in ThreadMemory memory)
    {
        byte* first = memory.Inputs + from * t.RowStride;
        t.Rows = _tiles.HasAllVariants ? &first : memory.Addresses + from;
        t.Y += from * t.YStride;
        t.FurtherTiles = furtherTiles;
        _tiles.KernelFor(rows, variant).Run(&t);
    }

    /// <summary>What a thread works in.</summary>
    private struct ThreadMemory
    {
        public byte* Temporary;
        public byte* Zeros;
        public byte** Addresses;
        public byte* Products;
        public byte* Inputs;
    }

    /// <summary>A chunk is a block of tiles, from the input to the output.</summary>
    private readonly struct Blocks(in WinogradRun<TEnds> run) : ISeatedJob
    {
        private readonly WinogradRun<TEnds> _run = run;

        public void Execute(int chunk, int seat)
        {
            ThreadMemory memory = _run.Memory(seat);
            (nint first, nint last) = _run._plan.Block(chunk);
            int from = (int)_run._plan.Division.Start(first), count = (int)_run._plan.Division.Start(last) - from;
            _run.TransformInputs(from, count, memory.Inputs, memory);
            for (int panel = 0; panel < _run._layout.Panels; panel++) _run.Panel(panel, first, last, memory);
        }
    }

    /// <summary>A chunk is a panel of weights for all tiles. Where threads do not share inputs, each transforms them before its first one.</summary>
    private readonly struct Panels(in WinogradRun<TEnds> run) : ISeatedJob
    {
        private readonly WinogradRun<TEnds> _run = run;

        public void Execute(int chunk, int seat)
        {
            ThreadMemory memory = _run.Memory(seat);
            if (!_run._plan.Shares && !*_run.HasInputs(seat))
            {
                _run.TransformInputs(0, _run._layout.Tiles, memory.Inputs, memory);
                *_run.HasInputs(seat) = true;
            }

            _run.Panel(chunk, 0, _run._plan.Division.Count, memory);
        }
    }

    /// <summary>A chunk is some tiles, whose inputs are transformed for all threads.</summary>
    private readonly struct Inputs(in WinogradRun<TEnds> run) : ISeatedJob
    {
        private readonly WinogradRun<TEnds> _run = run;

        public void Execute(int chunk, int seat)
        {
            int tiles = _run._layout.Tiles, chunks = _run._plan.InputChunks;
            int from = (int)((long)tiles * chunk / chunks), to = (int)((long)tiles * (chunk + 1) / chunks);
            ThreadMemory memory = _run.Memory(seat);
            _run.TransformInputs(from, to - from, memory.Inputs + (nint)from * _run._layout.RowSteps * sizeof(float), memory);
        }
    }
}
