using System.Runtime.CompilerServices;
using Edge.Kernels.Dense;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Generic.WeightOnly;

/// <summary>A few rows times integer weights, which are read once, panel by panel: what it costs is their bytes.</summary>
internal sealed unsafe class WeightOnlyFewRows
{
    /// <summary>Rows that a body takes at once.</summary>
    private const int BodyRows = 4;

    /// <summary>Multiply-accumulates that are worth handing to another thread: some microseconds.</summary>
    private const long MinChunkMacs = 256 * 1024;

    /// <summary>Chunks for each thread, so that one that is held up does not delay the others.</summary>
    private const int ChunksPerThread = 6;

    private readonly DenseIsa _isa;
    private readonly WeightOnlyLayout _layout;
    private readonly WeightOnlyKernels.Bodies _bodies;
    private readonly int _m;
    private readonly nint _rowsBytes;
    private readonly nint _sumsBytes;

    public WeightOnlyFewRows(DenseIsa isa, in WeightOnlyLayout layout, int m)
    {
        _isa = isa;
        _layout = layout;
        _bodies = isa.WeightOnly.Of(layout.Bits);
        _m = m;
        _rowsBytes = layout.K == layout.PaddedK ? 0 : (nint)m * layout.PaddedK * sizeof(float);
        _sumsBytes = layout.ZeroPoints == ZeroPointKind.None ? 0 : (nint)m * layout.Blocks * sizeof(float);
    }

    /// <summary>Rows with zeros up to whole groups, where they have none, and the sums of their blocks, where they are needed.</summary>
    public nint ScratchBytes => _rowsBytes + _sumsBytes;

    public void Run(byte* packed, float* bias, float* x, float* residual, float* y, in Activation activation, byte* scratch, WorkerPool pool)
    {
        float* a = x, sums = null;
        if (_rowsBytes != 0) a = Padded(x, (float*)scratch);
        if (_sumsBytes != 0)
        {
            sums = (float*)(scratch + _rowsBytes);
            for (int r = 0; r < _m; r++) _isa.WeightOnly.BlockSums(a + (nint)r * _layout.PaddedK, _layout.PaddedK, _layout.BlockSize, sums + (nint)r * _layout.Blocks);
        }

        long macs = (long)_m * _layout.K * _layout.N;
        int chunks = pool.Threads == 1 ? 1 : (int)Math.Clamp(macs / MinChunkMacs, 1, Math.Min(pool.Threads * ChunksPerThread, _layout.Panels));
        var job = new Panels(this, packed, bias, a, sums, residual, y, activation, chunks);
        pool.Run(ref job, chunks);
    }

    private float* Padded(float* x, float* to)
    {
        int k = _layout.K, padded = _layout.PaddedK;
        for (int r = 0; r < _m; r++)
        {
            new Span<float>(x + (nint)r * k, k).CopyTo(new Span<float>(to + (nint)r * padded, padded));
            new Span<float>(to + (nint)r * padded + k, padded - k).Clear();
        }

        return to;
    }

    /// <summary>One chunk is some panels.</summary>
    private readonly struct Panels(WeightOnlyFewRows o, byte* packed, float* bias, float* a, float* sums, float* residual, float* y, in Activation activation, int chunks) : IParallelJob
    {
        private readonly Activation _activation = activation;

        [SkipLocalsInit]
        public void Execute(int chunk)
        {
            ref readonly WeightOnlyLayout layout = ref o._layout;
            int width = WeightOnlyLayout.Wide * layout.Lanes;
            float* results = stackalloc float[BodyRows * width];
            int end = (int)((long)layout.Panels * (chunk + 1) / chunks);
            for (int panel = (int)((long)layout.Panels * chunk / chunks); panel < end; panel++)
            {
                int column = layout.FirstVector(panel) * layout.Lanes;
                for (int row = 0; row < o._m; row += BodyRows)
                {
                    int rows = Math.Min(BodyRows, o._m - row);
                    var t = new WeightOnlyArguments
                    {
                        Panel = packed + layout.PanelOffset(panel),
                        A = a + (nint)row * layout.PaddedK,
                        RowStep = layout.PaddedK,
                        Rows = rows,
                        BlockSums = sums + (nint)row * layout.Blocks,
                        Blocks = layout.Blocks,
                        PaddedK = layout.PaddedK,
                        BlockSize = layout.BlockSize,
                        ZeroPoints = layout.ZeroPoints,
                        Sums = results,
                    };
                    o._bodies.Multiply(&t, panel < layout.WidePanels);
                    Finish(row, rows, column, Math.Min(layout.PanelVectors(panel) * layout.Lanes, layout.N - column), results, width);
                }
            }
        }

        private void Finish(int row, int rows, int column, int columns, float* results, int width)
        {
            nint at = (nint)row * o._layout.N + column;
            var f = new WeightOnlyFinish
            {
                Sums = results,
                SumsStep = width,
                Bias = bias + column,
                Residual = residual == null ? null : residual + at,
                Y = y + at,
                YStep = o._layout.N,
                Rows = rows,
                Columns = columns,
            };
            (f.Low, f.High) = _activation.Bounds;
            o._isa.WeightOnly.Finish(&f);
            if (!_activation.IsClamp) o._isa.Activate(_activation, y + at, columns, rows, o._layout.N);
        }
    }
}
