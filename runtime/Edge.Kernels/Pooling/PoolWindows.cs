using Edge.Kernels.Elementwise;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Pooling;

/// <summary>The taps of one window on the input, as three nested loops; strides are in elements.</summary>
internal struct PoolWindow
{
    public nint Depth;
    public nint Height;
    public nint Width;
    public nint DepthStride;
    public nint HeightStride;
    public nint WidthStride;

    /// <summary>What a sum is divided by.</summary>
    public int Count;

    /// <summary>Taps on the input.</summary>
    public readonly int Taps => (int)(Depth * Height * Width);
}

/// <summary>Reduces a window for a range of channels.</summary>
internal unsafe interface IPoolRoutine<T> where T : unmanaged
{
    /// <param name="x">The first tap, at the first channel.</param>
    /// <param name="window">The taps.</param>
    /// <param name="y">The output, at the first channel.</param>
    /// <param name="channels">Channels.</param>
    void Reduce(T* x, in PoolWindow window, T* y, nint channels);
}

/// <summary>Walks all windows of a geometry. Immutable.</summary>
internal sealed unsafe class PoolWindows
{
    /// <summary>Channels are cut into pieces no smaller than this, where a thread finds no other work.</summary>
    private const int LeastChannels = 64;

    private readonly PoolGeometry _g;
    private readonly PoolSpan[] _depth;
    private readonly PoolSpan[] _height;
    private readonly PoolSpan[] _width;
    private readonly PoolFunction _function;

    public PoolWindows(PoolFunction function, in PoolGeometry geometry)
    {
        _g = geometry;
        _function = function;
        _depth = geometry.Depth.Spans();
        _height = geometry.Height.Spans();
        _width = geometry.Width.Spans();
    }

    public void Run<T, TRoutine>(TRoutine routine, T* x, T* y, WorkerPool pool)
        where T : unmanaged
        where TRoutine : struct, IPoolRoutine<T>
    {
        nint rows = (nint)_g.Batch * _depth.Length * _height.Length;
        long perRow = Math.Max(1, (long)_width.Length * _g.Channels * Math.Max(1, _g.Taps));
        nint rowsPerChunk = (nint)Math.Clamp(Grain.Light / perRow, 1, Math.Max(1, rows));
        int chunks = Grain.Chunks(rows, rowsPerChunk);
        int pieces = chunks < pool.Threads && perRow > Grain.Light ? Math.Clamp(_g.Channels / LeastChannels, 1, pool.Threads) : 1;
        var job = new Job<T, TRoutine> { Windows = this, Routine = routine, X = x, Y = y, Rows = rows, RowsPerChunk = rowsPerChunk, Pieces = pieces };
        pool.Run(ref job, chunks * pieces);
    }

    private void Row<T, TRoutine>(in TRoutine routine, T* x, T* y, nint row, nint firstChannel, nint channels)
        where T : unmanaged
        where TRoutine : struct, IPoolRoutine<T>
    {
        nint pixel = _g.Channels, line = _g.Width.Input * pixel, plane = _g.Height.Input * line;
        ref readonly PoolSpan h = ref _height[row % _height.Length], d = ref _depth[row / _height.Length % _depth.Length];
        nint image = row / _height.Length / _depth.Length;
        x += image * _g.Depth.Input * plane + d.First * plane + h.First * line + firstChannel;
        y += row * _width.Length * pixel + firstChannel;
        var window = new PoolWindow
        {
            Depth = d.Taps,
            Height = h.Taps,
            DepthStride = _g.Depth.Dilation * plane,
            HeightStride = _g.Height.Dilation * line,
            WidthStride = _g.Width.Dilation * pixel,
        };
        foreach (ref readonly PoolSpan w in _width.AsSpan())
        {
            window.Width = w.Taps;
            window.Count = _function == PoolFunction.Sum ? 1 : _function == PoolFunction.AverageWithPadding ? d.Padded * h.Padded * w.Padded : window.Taps;
            routine.Reduce(x + w.First * pixel, window, y, channels);
            y += pixel;
        }
    }

    private struct Job<T, TRoutine> : IParallelJob
        where T : unmanaged
        where TRoutine : struct, IPoolRoutine<T>
    {
        public PoolWindows Windows;
        public TRoutine Routine;
        public T* X;
        public T* Y;
        public nint Rows;
        public nint RowsPerChunk;
        public int Pieces;

        public readonly void Execute(int chunk)
        {
            nint channels = Windows._g.Channels;
            nint first = channels * (chunk % Pieces) / Pieces, last = channels * (chunk % Pieces + 1) / Pieces;
            nint row = chunk / Pieces * RowsPerChunk, end = nint.Min(Rows, row + RowsPerChunk);
            for (; row < end; row++) Windows.Row(Routine, X, Y, row, first, last - first);
        }
    }
}
