using Edge.Kernels.Dense;
using Edge.Kernels.Threading;

namespace Edge.Kernels.Isa;

/// <summary>
/// The definition of a float32 product with integer weights: a weight is <c>(code − zero point) · scale</c>, rounded as DequantizeLinear
/// rounds it.
/// </summary>
internal sealed unsafe class ScalarWeightOnlyF32 : PreparedConvF32
{
    private readonly int _m;
    private readonly int _k;
    private readonly int _n;
    private readonly int _bits;
    private readonly int _blockSize;
    private readonly int _blocks;

    /// <summary>Column by column; two codes of 4 bits a byte.</summary>
    private readonly byte[] _codes;

    private readonly float[] _scales;
    private readonly float[] _zeroPoints;
    private readonly float[] _bias;
    private readonly Activation _activation;

    public ScalarWeightOnlyF32(int m, in IntegerWeights weights, ReadOnlySpan<float> bias, in Activation activation)
    {
        (_m, _k, _n) = (m, weights.K, weights.N);
        (_bits, _blockSize, _blocks) = (weights.Bits, weights.BlockSize, weights.Blocks);
        _codes = new byte[((long)_n * _k * _bits + 7) / 8];
        _scales = new float[_n * _blocks];
        _zeroPoints = new float[_n * _blocks];
        _bias = bias.IsEmpty ? new float[_n] : bias.ToArray();
        _activation = activation;
        for (int n = 0; n < _n; n++)
        {
            for (int block = 0; block < _blocks; block++)
            {
                _scales[n * _blocks + block] = weights.Scale(block, n);
                _zeroPoints[n * _blocks + block] = weights.ZeroPoint(block, n);
            }

            for (int k = 0; k < _k; k++)
            {
                long at = (long)n * _k + k;
                if (_bits == 8) _codes[at] = (byte)weights.Code(k, n);
                else _codes[at / 2] |= (byte)((weights.Code(k, n) & 15) << (int)(at % 2) * 4);
            }
        }
    }

    public override string KernelName => $"gemm_f32_w{_bits}_scalar";

    public override nint ScratchBytes => 0;

    public override nint PackedBytes => _codes.Length + sizeof(float) * (nint)(_scales.Length + _zeroPoints.Length + _bias.Length);

    public override void Run(float* x, float* residual, float* y, byte* scratch, WorkerPool pool)
    {
        var rows = new Rows(this, x, residual, y);
        pool.Run(ref rows, _m);
    }

    protected override void Dispose(bool disposing)
    {
    }

    private float Weight(int k, int n)
    {
        long at = (long)n * _k + k;
        int code = _bits == 8 ? (sbyte)_codes[at] : _codes[at / 2] >> (int)(at % 2) * 4 << 28 >> 28;
        int block = n * _blocks + k / _blockSize;
        return (code - _zeroPoints[block]) * _scales[block];
    }

    /// <summary>One chunk is one row of y.</summary>
    private readonly struct Rows(ScalarWeightOnlyF32 o, float* x, float* residual, float* y) : IParallelJob
    {
        public void Execute(int m)
        {
            for (int n = 0; n < o._n; n++)
            {
                double sum = 0;
                for (int k = 0; k < o._k; k++) sum += (double)x[(nint)m * o._k + k] * o.Weight(k, n);
                float v = (float)(sum + o._bias[n]);
                if (residual != null) v += residual[(nint)m * o._n + n];
                y[(nint)m * o._n + n] = ScalarActivation.Apply(o._activation, v);
            }
        }
    }
}
