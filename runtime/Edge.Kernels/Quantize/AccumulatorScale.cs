using System.Runtime.CompilerServices;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Isa;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Quantize;

/// <inheritdoc cref="QuantizeKernels.ScaleAccumulators"/>
internal readonly unsafe struct AccumulatorScale<V> : IParallelJob where V : unmanaged, IVectorF32<V>
{
    private readonly int* _acc;
    private readonly float* _y;
    private readonly nint _rows;
    private readonly int _columns;
    private readonly float* _scale;
    private readonly float* _bias;
    private readonly float _low;
    private readonly float _high;
    private readonly nint _rowsPerChunk;

    private AccumulatorScale(int* acc, float* y, nint rows, int columns, float* scale, float* bias, float low, float high)
    {
        _acc = acc;
        _y = y;
        _rows = rows;
        _columns = columns;
        _scale = scale;
        _bias = bias;
        _low = low;
        _high = high;
        _rowsPerChunk = nint.Max(1, Grain.Light / int.Max(1, columns));
    }

    public static void Run(int* acc, float* y, nint rows, int columns, float* scale, float* bias, float low, float high, WorkerPool pool)
    {
        var job = new AccumulatorScale<V>(acc, y, rows, columns, scale, bias, low, high);
        pool.Run(ref job, Grain.Chunks(rows, job._rowsPerChunk));
    }

    public void Execute(int chunk)
    {
        nint first = chunk * _rowsPerChunk, rows = nint.Min(_rows - first, _rowsPerChunk);
        if (_columns >= V.Count) Rows(_acc + first * _columns, _y + first * _columns, rows);
        else Few(_acc + first * _columns, _y + first * _columns, rows * _columns);
    }

    [MethodImpl(Compile.Alone)]
    private void Rows(int* acc, float* y, nint rows)
    {
        V low = V.Splat(_low), high = V.Splat(_high);
        int last = _columns - V.Count;
        for (nint row = 0; row < rows; row++, acc += _columns, y += _columns)
        {
            // The last vector begins within the one before. It is read before that is written, which may be where the accumulators are.
            V end = Vector(acc, last, low, high);
            for (int i = 0; i < last; i += V.Count) Vector(acc, i, low, high).Store(y + i);
            end.Store(y + last);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private V Vector(int* acc, int i, V low, V high)
    {
        V v = V.FromInt32(V.Load((float*)(acc + i))) * V.Load(_scale + i);
        if (_bias != null) v += V.Load(_bias + i);
        return V.Lesser(high, V.Greater(low, v));
    }

    /// <summary>Of rows that are shorter than a vector: one by one.</summary>
    [MethodImpl(Compile.Alone)]
    private void Few(int* acc, float* y, nint count)
    {
        for (nint i = 0, column = 0; i < count; i++)
        {
            float v = acc[i] * _scale[column];
            if (_bias != null) v += _bias[column];
            v = v < _low ? _low : v;
            y[i] = v > _high ? _high : v;
            if (++column == _columns) column = 0;
        }
    }
}
