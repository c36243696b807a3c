using Edge.Kernels.Dense;
using Edge.Kernels.Generic.Gemm;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Generic.WeightOnly;

/// <summary>
/// Many rows times integer weights: a part of the weights that the cache keeps becomes float32 in scratch, in the form of the float32
/// tiles, which take all rows through it.
/// </summary>
internal sealed unsafe class WeightOnlyManyRows
{
    /// <summary>Rows of weights of a part; results are read and written once for each.</summary>
    private const int PartRows = 256;

    private readonly DenseIsa _isa;
    private readonly WeightOnlyLayout _layout;
    private readonly WeightOnlyKernels.Bodies _bodies;
    private readonly TileSet _tiles;
    private readonly int _m;
    private readonly int _lanes;
    private readonly int _partRows;
    private readonly int _partColumns;

    public WeightOnlyManyRows(DenseIsa isa, in WeightOnlyLayout layout, int m, int threads)
    {
        _isa = isa;
        _layout = layout;
        _bodies = isa.WeightOnly.Of(layout.Bits);
        _tiles = isa.TilesF32.Value;
        _m = m;
        _partRows = Math.Min(PartRows, layout.PaddedK);
        int panels = (layout.N + _tiles.Columns - 1) / _tiles.Columns;
        _lanes = Math.Min(threads, panels);
        // Half of what a core keeps of weights; and work for all threads.
        nint panelBytes = (nint)_partRows * _tiles.Columns * sizeof(float);
        _partColumns = _tiles.Columns * (int)Math.Clamp(PanelCache.Bytes / 2 / panelBytes, 1, (panels + _lanes - 1) / _lanes);
    }

    private nint LaneBytes => (nint)_partRows * _partColumns * sizeof(float);

    /// <summary>A part for each thread, and zeros that stand for the bias of all parts but the first.</summary>
    public nint ScratchBytes => _lanes * LaneBytes + _partColumns * sizeof(float);

    public void Run(byte* packed, float* bias, float* x, float* residual, float* y, in Activation activation, byte* scratch, WorkerPool pool)
    {
        new Span<float>(scratch + _lanes * LaneBytes, _partColumns).Clear();
        var job = new Lanes(this, packed, bias, x, residual, y, activation, scratch);
        pool.Run(ref job, _lanes);
    }

    /// <summary>One chunk is one lane: a share of the columns.</summary>
    private readonly struct Lanes(WeightOnlyManyRows o, byte* packed, float* bias, float* x, float* residual, float* y, in Activation activation, byte* scratch) : IParallelJob
    {
        private readonly Activation _activation = activation;

        public void Execute(int lane)
        {
            int parts = (o._layout.N + o._partColumns - 1) / o._partColumns;
            int end = (int)((long)parts * (lane + 1) / o._lanes);
            for (int part = (int)((long)parts * lane / o._lanes); part < end; part++)
                for (int k = 0; k < o._layout.K; k += o._partRows) Multiply(part * o._partColumns, k, scratch + lane * o.LaneBytes);
        }

        private void Multiply(int column, int k, byte* own)
        {
            int n = o._layout.N, rows = Math.Min(o._partRows, o._layout.K - k);
            var layout = new ConvLayout(ConvGeometry.MatMul(o._m, rows, Math.Min(o._partColumns, n - column)), o._tiles, sizeof(float), (nint)o._layout.K * sizeof(float));
            for (int panel = 0; panel < layout.Panels; panel++)
                Decode(column + panel * layout.Columns, k, rows, (float*)(own + layout.PanelOffset(panel)), layout.PanelColumns(panel));
            bool first = k == 0, last = k + rows == o._layout.K;
            float* from = first ? bias + column : (float*)(scratch + o._lanes * o.LaneBytes), added = !first ? y : residual;
            var finish = new F32Finish(from, first ? layout.Columns : 0, added == null ? null : added + column, y + column, n, last ? _activation : Activation.None, o._isa.Activate);
            ConvTiles<F32Finish>.Run(layout, o._tiles, own, null, (byte*)(x + k), finish, WorkerPool.Inline);
        }

        /// <summary>One panel of the tiles; columns beyond the last one are zero.</summary>
        private void Decode(int column, int k, int rows, float* to, int columns)
        {
            ref readonly WeightOnlyLayout layout = ref o._layout;
            for (int c = 0; c < columns; c += layout.Lanes)
            {
                int vector = (column + c) / layout.Lanes;
                if (vector >= layout.Vectors)
                {
                    for (int r = 0; r < rows; r++) new Span<float>(to + (nint)r * columns + c, layout.Lanes).Clear();
                    continue;
                }

                int panel = layout.PanelOf(vector);
                var t = new WeightOnlyDecoding
                {
                    Panel = packed + layout.PanelOffset(panel),
                    Vectors = layout.PanelVectors(panel),
                    Vector = vector - layout.FirstVector(panel),
                    From = k,
                    Count = rows,
                    BlockSize = layout.BlockSize,
                    ZeroPoints = layout.ZeroPoints,
                    To = to + c,
                    ToStep = columns,
                };
                o._bodies.Decode(&t);
            }
        }
    }
}
