using Edge.Kernels.Dense;
using Edge.Kernels.Packing;
using Edge.Kernels.Threading;
using Edge.Runtime.Operators.Conv;

namespace Edge.Runtime.Operators.Recurrent;

/// <summary>float32 weights: packed when the plan is built if they are known, else once a run.</summary>
internal sealed unsafe class PackedProducts : WeightProducts
{
    private readonly DenseKernels _dense;
    private readonly int _input;
    private readonly int _k;
    private readonly int[] _rows;
    private readonly nint[] _offsets;
    private readonly PackedBlock? _packed;

    /// <param name="c">The node and the kernels.</param>
    /// <param name="input">The input with the weights, whose last axis has <paramref name="k"/> elements.</param>
    /// <param name="k">Elements of a row.</param>
    /// <param name="rows">Rows of each block; all blocks together are the weights.</param>
    public PackedProducts(PrepareContext c, int input, int k, params int[] rows)
    {
        _dense = c.Kernels.Dense;
        _input = input;
        _k = k;
        _rows = rows;
        _offsets = new nint[rows.Length + 1];
        for (int i = 0; i < rows.Length; i++) _offsets[i + 1] = _offsets[i] + Scratch.Align(_dense.PackedF32Bytes(rows[i], k));
        if (c.Constant(input) is not { } weights) return;
        _packed = c.Packed.Take($"products_f32_{c.Kernels.Name}", _offsets[^1]);
        if (!_packed.IsFilled) Pack((float*)weights.Data, _packed.Base, WorkerPool.Inline);
        GC.KeepAlive(weights);
    }

    public override nint PackedBytes => _packed?.ByteLength ?? 0;

    public override nint RunBytes => _packed is null ? _offsets[^1] : 0;

    public override byte* Begin(in StepContext c, byte* memory)
    {
        if (_packed is not null) return _packed.Base;
        Pack(c.Input<float>(_input), memory, c.Pool);
        return memory;
    }

    public override void Multiply(byte* weights, int block, int rows, float* a, float* y, byte* scratch, WorkerPool pool) =>
        _dense.MatMulPackedF32(rows, _rows[block], _k, a, _k, weights + _offsets[block], y, _rows[block], pool);

    public override void Dispose() => _packed?.Dispose();

    private void Pack(float* weights, byte* to, WorkerPool pool)
    {
        for (int i = 0; i < _rows.Length; i++)
        {
            _dense.PackF32(_rows[i], _k, weights, _k, true, to + _offsets[i], pool);
            weights += (nint)_rows[i] * _k;
        }
    }
}
