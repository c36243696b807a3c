using System.Numerics;
using System.Runtime.CompilerServices;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Layout;

/// <summary>
/// <c>y[o, j, i] = Σₜ weight[j, t] · x[o, index[j, t], i]</c>: one separable pass of linear, cubic or any other
/// resampling along one axis of a tensor of float32 or float64. Immutable.
/// </summary>
/// <remarks>
/// Every sum is formed in the order of the taps, one multiplication and one addition at a time, so that all instruction
/// sets and any number of threads return the same bits.
/// </remarks>
public sealed unsafe class AxisFilter<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int _outer;
    private readonly int _size;
    private readonly int _inner;
    private readonly int _taps;
    private readonly int[] _indices;
    private readonly T[] _weights;
    private readonly int _rows;

    /// <param name="outer">Product of the dimensions before the axis.</param>
    /// <param name="size">Size of the axis in the source.</param>
    /// <param name="inner">Product of the dimensions behind the axis.</param>
    /// <param name="taps">Taps of each output.</param>
    /// <param name="indices"><c>[output, taps]</c>: where each tap reads, within <c>[0, size)</c>; −1 in the first tap stands for the fill value.</param>
    /// <param name="weights"><c>[output, taps]</c>.</param>
    public AxisFilter(int outer, int size, int inner, int taps, int[] indices, T[] weights)
    {
        _outer = outer;
        _size = size;
        _inner = inner;
        _taps = taps;
        _indices = indices;
        _weights = weights;
        OutputSize = indices.Length / taps;
        _rows = checked(outer * OutputSize);
    }

    /// <summary>Size of the axis in the target.</summary>
    public int OutputSize { get; }

    /// <summary>Elements of the target.</summary>
    public nint OutputCount => (nint)Rows * RowLength;

    /// <summary>Rows of the target.</summary>
    public int Rows => _rows;

    /// <summary>Elements of a row.</summary>
    public int RowLength => _inner;

    /// <param name="x">Source, dense.</param>
    /// <param name="y">Target, dense; does not overlap the source.</param>
    /// <param name="fill">The value of outputs without taps.</param>
    /// <param name="pool">The threads to use.</param>
    public void Run(T* x, T* y, T fill, WorkerPool pool)
    {
        if (_rows == 0 || _inner == 0) return;
        int chunks = Grain.Chunks(OutputCount * _taps * sizeof(T), _rows, pool.Threads);
        var job = new Job(this, x, y, fill, chunks);
        pool.Run(ref job, chunks);
    }

    /// <summary>Some rows of the target, on the calling thread.</summary>
    /// <param name="x">The whole source.</param>
    /// <param name="y">The first of these rows.</param>
    /// <param name="row">Its number.</param>
    /// <param name="end">Behind the last one.</param>
    /// <param name="fill">The value of outputs without taps.</param>
    public void RunRows(T* x, T* y, int row, int end, T fill)
    {
        if (_inner == 1) Line(x, y - row, row, end, fill);
        else
            for (; row < end; row++, y += _inner) Row(x, y, row, fill);
    }

    private void Row(T* x, T* y, int row, T fill)
    {
        var (o, j) = Math.DivRem(row, OutputSize);
        x += (nint)o * _size * _inner;
        fixed (int* index = &_indices[j * _taps])
        fixed (T* weight = &_weights[j * _taps])
        {
            if (*index < 0) new Span<T>(y, _inner).Fill(fill);
            else if (_taps == 2) Two(x + (nint)index[0] * _inner, weight[0], x + (nint)index[1] * _inner, weight[1], y, _inner);
            else Many(x, index, weight, _taps, y, _inner);
        }
    }

    /// <summary>Rows of one element: the axis is the innermost one.</summary>
    [MethodImpl(Compile.Alone)]
    private void Line(T* x, T* y, int row, int end, T fill)
    {
        var (o, j) = Math.DivRem(row, OutputSize);
        x += (nint)o * _size;
        fixed (int* indices = _indices)
        fixed (T* weights = _weights)
        {
            for (; row < end; row++)
            {
                int* index = indices + (nint)j * _taps;
                T* weight = weights + (nint)j * _taps;
                if (*index < 0)
                {
                    y[row] = fill;
                }
                else
                {
                    T sum = x[index[0]] * weight[0];
                    for (int t = 1; t < _taps; t++) sum += x[index[t]] * weight[t];
                    y[row] = sum;
                }

                if (++j < OutputSize) continue;
                j = 0;
                x += _size;
            }
        }
    }

    /// <summary>y = a·x₀ + b·x₁; one lane is one inner element.</summary>
    [MethodImpl(Compile.Alone)]
    private static void Two(T* x0, T a, T* x1, T b, T* y, int count)
    {
        int i = 0;
        for (; i + Vector<T>.Count <= count; i += Vector<T>.Count)
            Vector.Store(Vector.Load(x0 + i) * a + Vector.Load(x1 + i) * b, y + i);
        for (; i < count; i++) y[i] = x0[i] * a + x1[i] * b;
    }

    [MethodImpl(Compile.Alone)]
    private static void Many(T* x, int* index, T* weight, int taps, T* y, int count)
    {
        int i = 0;
        for (; i + Vector<T>.Count <= count; i += Vector<T>.Count)
        {
            var sum = Vector.Load(x + (nint)index[0] * count + i) * weight[0];
            for (int t = 1; t < taps; t++) sum += Vector.Load(x + (nint)index[t] * count + i) * weight[t];
            Vector.Store(sum, y + i);
        }

        for (; i < count; i++)
        {
            T sum = x[(nint)index[0] * count + i] * weight[0];
            for (int t = 1; t < taps; t++) sum += x[(nint)index[t] * count + i] * weight[t];
            y[i] = sum;
        }
    }

    private readonly struct Job(AxisFilter<T> filter, T* x, T* y, T fill, int chunks) : IParallelJob
    {
        public void Execute(int chunk)
        {
            int end = Grain.Start(filter._rows, chunk + 1, chunks);
            int row = Grain.Start(filter._rows, chunk, chunks);
            filter.RunRows(x, y + (nint)row * filter._inner, row, end, fill);
        }
    }
}
