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
    private readonly nint _rowsPerChunk;

    private AccumulatorScale(int* acc, float* y, nint rows, int columns, float* scale, float* bias)
    {
        _acc = acc;
        _y = y;
        _rows = rows;
        _columns = columns;
        _scale = scale;
        _bias = bias;
        _rowsPerChunk = nint.Max(1, Grain.Light / int.Max(1, columns));
    }

    public static void Run(int* acc, float* y, nint rows, int columns, float* scale, float* bias, WorkerPool pool)
    {
        var job = new AccumulatorScale<V>(acc, y, rows, columns, scale, bias);
        pool.Run(ref job, Grain.Chunks(rows, job._rowsPerChunk));
    }

    public void Execute(int chunk)
    {
        nint end = nint.Min(_rows, (chunk + 1) * _rowsPerChunk);
        for (nint row = chunk * _rowsPerChunk; row < end; row++) Row(_acc + row * _columns, _y + row * _columns);
    }

    [MethodImpl(Compile.Alone)]
    private void Row(int* acc, float* y)
    {
        int i = 0;
        for (; i <= _columns - V.Count; i += V.Count)
        {
            V v = V.FromInt32(V.Load((float*)(acc + i))) * V.Load(_scale + i);
            (_bias == null ? v : v + V.Load(_bias + i)).Store(y + i);
        }

        for (; i < _columns; i++)
        {
            float v = acc[i] * _scale[i];
            y[i] = _bias == null ? v : v + _bias[i];
        }
    }
}
