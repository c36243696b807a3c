using Edge.Kernels.Dense;
using Edge.Kernels.Generic.Gemm;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Generic.Winograd;

/// <summary>
/// One run of a convolution. Each thread has scratch of its own.
/// </summary>
internal unsafe struct WinogradRun(DenseIsa isa, in WinogradLayout layout, in WinogradPlan plan, in Activation activation, byte* weights, byte* bias)
{
    private readonly DenseIsa _isa = isa;
    private readonly WinogradKernels.Transforms _transforms = isa.WinogradF32.For(layout.Outputs);
    private readonly TileSet _tiles = isa.TilesF32.Value;
    private readonly WinogradLayout _layout = layout;
    private readonly WinogradPlan _plan = plan;
    private readonly Activation _activation = activation;

    public float* X { get; init; }

    public float* Residual { get; init; }

    public float* Y { get; init; }

    /// <summary>Elements from one pixel of the output, and of the residual, to the next.</summary>
    public nint Step { get; init; }

    public byte* Scratch { get; init; }

    /// <summary>Runs the convolution. Allocates nothing.</summary>
    public readonly void Run(WorkerPool pool)
    {
        // There is scratch for so many.
        if (pool.Threads > _plan.Threads) pool = WorkerPool.Inline;
        if (_plan.Shares)
        {
            var transform = new Inputs(this);
            pool.RunSeated(ref transform, _plan.InputChunks);
            var panels = new Panels(this);
            pool.RunSeated(ref panels, _layout.Panels);
        }
        else
        {
            var blocks = new Blocks(this);
            pool.RunSeated(ref blocks, _plan.Blocks);
        }
    }

    private readonly ThreadMemory Memory(int seat)
    {
        byte* own = Scratch + _plan.SharedBytes + seat * _plan.ThreadBytes;
        var m = new ThreadMemory { Temporary = (float*)own, Zeros = (float*)(own + WinogradKernels.TemporaryBytes), Addresses = (byte**)(own + WinogradPlan.HeadBytes) };
        m.Products = (float*)((byte*)m.Addresses + _plan.AddressBytes);
        m.Inputs = (float*)(_plan.Shares ? Scratch : (byte*)m.Products + _plan.ProductBytes);
        new Span<float>(m.Zeros, _layout.Columns).Clear();
        return m;
    }

    /// <summary>Transforms the inputs of some tiles to rows of <paramref name="planes"/>.</summary>
    private readonly void TransformInputs(int from, int count, float* planes, float* temporary)
    {
        ref readonly ConvGeometry g = ref _layout.Geometry;
        int side = _layout.Side;
        var t = new WinogradInput { PixelStep = g.InChannels, RowStep = (nint)g.InWidth * g.InChannels, Channels = g.InChannels, PlaneStep = _plan.InputPlane, Temporary = temporary };
        for (int i = 0; i < count; i++)
        {
            (int image, int row, int column) = _layout.Place(from + i);
            row -= g.PadTop;
            column -= g.PadLeft;
            t.X = X + (((nint)image * g.InHeight + row) * g.InWidth + column) * g.InChannels;
            t.FirstRow = Math.Clamp(-row, 0, side);
            t.UntilRow = Math.Clamp(g.InHeight - row, 0, side);
            t.FirstColumn = Math.Clamp(-column, 0, side);
            t.UntilColumn = Math.Clamp(g.InWidth - column, 0, side);
            t.Planes = planes + (nint)i * _layout.RowFloats;
            _transforms.Input(&t);
        }
    }

    /// <summary>Multiplies some tiles by a panel of weights, and transforms the products to outputs.</summary>
    private readonly void Panel(int panel, int from, int count, in ThreadMemory memory)
    {
        Multiply(panel, count, memory);
        ref readonly ConvGeometry g = ref _layout.Geometry;
        int columns = _layout.PanelColumns(panel), channel = panel * _layout.Columns;
        var t = new WinogradOutput
        {
            PlaneStep = _plan.ProductPlane,
            Bias = (float*)bias + channel,
            PixelStep = Step,
            RowStep = g.OutWidth * Step,
            Channels = Math.Min(columns, g.OutChannels - channel),
            Temporary = memory.Temporary,
        };
        (t.Low, t.High) = _activation.Bounds;
        for (int i = 0; i < count; i++)
        {
            (int image, int row, int column) = _layout.Place(from + i);
            nint at = (((nint)image * g.OutHeight + row) * g.OutWidth + column) * Step + channel;
            t.Planes = memory.Products + (nint)i * columns;
            t.Y = Y + at;
            t.Residual = Residual == null ? null : Residual + at;
            t.Rows = Math.Min(_layout.Outputs, g.OutHeight - row);
            t.Columns = Math.Min(_layout.Outputs, g.OutWidth - column);
            _transforms.Output(&t);
            if (!_activation.IsClamp) Activate(t);
        }
    }

    private readonly void Activate(in WinogradOutput t)
    {
        bool together = t.Channels == t.PixelStep;
        for (int row = 0; row < t.Rows; row++)
        {
            float* y = t.Y + row * t.RowStep;
            if (together) _isa.Activate(_activation, y, t.Columns * t.PixelStep, 1, 0);
            else _isa.Activate(_activation, y, t.Channels, t.Columns, t.PixelStep);
        }
    }

    /// <summary>The products of all planes: rows are tiles.</summary>
    private readonly void Multiply(int panel, int count, in ThreadMemory memory)
    {
        int columns = _layout.PanelColumns(panel), channels = _layout.Geometry.InChannels, maxRows = _tiles.MaxRows;
        int whole = count / maxRows * maxRows;
        nint rowBytes = (nint)_layout.RowFloats * sizeof(float);
        TileVariant variant = (columns < _layout.Columns ? TileVariant.LeftHalf : 0) | (_tiles.HasAllVariants ? TileVariant.Equidistant : 0);
        if (!_tiles.HasAllVariants)
        {
            // Rows of the last tile that do not count repeat the last one that does.
            for (int i = 0; i < count + maxRows; i++) memory.Addresses[i] = (byte*)memory.Inputs + Math.Min(i, count - 1) * rowBytes;
        }

        var t = new TileArguments
        {
            RowStride = rowBytes,
            Taps = 1,
            Init = (byte*)memory.Zeros,
            YStride = columns * sizeof(float),
            Low = float.NegativeInfinity,
            High = float.PositiveInfinity,
        };
        for (int plane = 0; plane < _layout.Planes; plane++)
        {
            t.Panel = weights + _layout.PanelOffset(panel) + plane * _layout.PlanePanelBytes(panel);
            t.Start = plane * _plan.InputPlane * sizeof(float);
            t.End = t.Start + channels * sizeof(float);
            t.Y = (byte*)(memory.Products + plane * _plan.ProductPlane);
            if (whole > 0) Multiply(t, 0, maxRows, whole / maxRows - 1, variant, memory);
            if (whole < count) Multiply(t, whole, count - whole, 0, variant, memory);
        }
    }

    private readonly void Multiply(TileArguments t, int from, int rows, int furtherTiles, TileVariant variant, in ThreadMemory memory)
    {
        byte* first = (byte*)memory.Inputs + from * t.RowStride;
        t.Rows = _tiles.HasAllVariants ? &first : memory.Addresses + from;
        t.Y += from * t.YStride;
        t.FurtherTiles = furtherTiles;
        _tiles.KernelFor(rows, variant).Run(&t);
    }

    /// <summary>What a thread works in.</summary>
    private struct ThreadMemory
    {
        public float* Temporary;
        public float* Zeros;
        public byte** Addresses;
        public float* Products;
        public float* Inputs;
    }

    /// <summary>A chunk is a block of tiles, from the input to the output.</summary>
    private readonly struct Blocks(in WinogradRun run) : ISeatedJob
    {
        private readonly WinogradRun _run = run;

        public void Execute(int chunk, int seat)
        {
            ThreadMemory memory = _run.Memory(seat);
            int from = chunk * _run._plan.BlockTiles, count = Math.Min(_run._plan.BlockTiles, _run._layout.Tiles - from);
            _run.TransformInputs(from, count, memory.Inputs, memory.Temporary);
            for (int panel = 0; panel < _run._layout.Panels; panel++) _run.Panel(panel, from, count, memory);
        }
    }

    /// <summary>A chunk is a panel of weights for all tiles, whose inputs are transformed already.</summary>
    private readonly struct Panels(in WinogradRun run) : ISeatedJob
    {
        private readonly WinogradRun _run = run;

        public void Execute(int chunk, int seat) => _run.Panel(chunk, 0, _run._layout.Tiles, _run.Memory(seat));
    }

    /// <summary>A chunk is some tiles, whose inputs are transformed for all threads.</summary>
    private readonly struct Inputs(in WinogradRun run) : ISeatedJob
    {
        private readonly WinogradRun _run = run;

        public void Execute(int chunk, int seat)
        {
            int tiles = _run._layout.Tiles, chunks = _run._plan.InputChunks;
            int from = (int)((long)tiles * chunk / chunks), to = (int)((long)tiles * (chunk + 1) / chunks);
            ThreadMemory memory = _run.Memory(seat);
            _run.TransformInputs(from, to - from, memory.Inputs + (nint)from * _run._layout.RowFloats, memory.Temporary);
        }
    }
}
