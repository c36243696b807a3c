using System.Numerics;
using Edge.Kernels.Threading;
using Edge.Runtime.Operators.Conv;
using Edge.Runtime.Operators.MatMul;
using Edge.Runtime.Operators.QLinearConv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.QLinearMatMul;

/// <summary>
/// Integer products of which a run brings both sides, the zero points or the scales: row by row, each element of A times
/// a row of B.
/// </summary>
internal sealed unsafe class DirectIntegerMatMulExecutor : Executor
{
    private readonly MatMulShape _shape;
    private readonly IntegerMatMulInputs _in;
    private readonly bool _aSigned;
    private readonly bool _bSigned;
    private readonly DataType _type;
    private readonly (int Low, int High) _range;
    private readonly int _lanes;
    private readonly nint _laneBytes;
    private readonly ScaleInput _aScale;
    private readonly ScaleInput _bScale;
    private readonly ScaleInput _yScale;
    private readonly int _aZeroPoints;
    private readonly int _bZeroPoints;

    public DirectIntegerMatMulExecutor(PrepareContext c, MatMulShape shape, IntegerMatMulInputs inputs)
    {
        _shape = shape;
        _in = inputs;
        _aSigned = c.Type(inputs.A) == DataType.Int8;
        _bSigned = c.Type(inputs.B) == DataType.Int8;
        _type = c.OutputType();
        _range = Quantized.Range(c.Attributes);
        _lanes = c.Threads;
        _laneBytes = Scratch.Align((nint)shape.N * sizeof(int));
        _aScale = ScaleInput.Of(c, inputs.AScale);
        _bScale = ScaleInput.Of(c, inputs.BScale);
        _yScale = ScaleInput.Of(c, inputs.YScale);
        _aZeroPoints = c.Has(inputs.AZeroPoint) ? c.Shape(inputs.AZeroPoint).Count : 0;
        _bZeroPoints = c.Has(inputs.BZeroPoint) ? c.Shape(inputs.BZeroPoint).Count : 0;
    }

    public override string Kernel => "matmul_int8_direct (parameters at run time)";

    public override nint ScratchBytes => _lanes * _laneBytes;

    public override long Macs => _shape.Macs;

    public override void Execute(in StepContext c)
    {
        var job = new Job(this, c);
        c.Pool.Run(ref job, _lanes);
    }

    /// <summary>The scale of a row or column, which repeats over all of them.</summary>
    private readonly record struct ScaleInput(int Input, int Count)
    {
        public static ScaleInput Of(PrepareContext c, int input) =>
            input < 0 ? new ScaleInput(-1, 1) : new ScaleInput(input, c.Shape(input).Count);

        public float At(byte* data, int i) => ((float*)data)[i % Count];
    }

    /// <summary>One chunk is one lane: a share of all rows, with an accumulator row of its own.</summary>
    private readonly struct Job : IParallelJob
    {
        private readonly DirectIntegerMatMulExecutor _e;
        private readonly byte* _a;
        private readonly byte* _b;
        private readonly byte* _y;
        private readonly byte* _aZeroPoint;
        private readonly byte* _bZeroPoint;
        private readonly byte* _aScale;
        private readonly byte* _bScale;
        private readonly float _yScale;
        private readonly byte* _scratch;
        private readonly Requantize _requantize;

        public Job(DirectIntegerMatMulExecutor e, in StepContext c)
        {
            var i = e._in;
            _e = e;
            _a = c.Input<byte>(i.A);
            _b = c.Input<byte>(i.B);
            _y = c.Output<byte>(0);
            _scratch = c.Scratch;
            _aZeroPoint = e._aZeroPoints == 0 ? null : c.Input<byte>(i.AZeroPoint);
            _bZeroPoint = e._bZeroPoints == 0 ? null : c.Input<byte>(i.BZeroPoint);
            bool quantized = i.YScale >= 0;
            _aScale = quantized ? c.Input<byte>(i.AScale) : null;
            _bScale = quantized ? c.Input<byte>(i.BScale) : null;
            _yScale = quantized ? e._yScale.At(c.Input<byte>(i.YScale), 0) : 1;
            int yZeroPoint = quantized ? Quantized.At(c.Input<byte>(i.YZeroPoint), e._type == DataType.Int8, 0) : 0;
            _requantize = new Requantize(e._type, yZeroPoint, e._range.Low, e._range.High);
        }

        public void Execute(int lane)
        {
            var s = _e._shape;
            long rows = (long)s.A.Length * s.M;
            var acc = (int*)(_scratch + lane * _e._laneBytes);
            long end = rows * (lane + 1) / _e._lanes;
            for (long r = rows * lane / _e._lanes; r < end; r++) Row((int)(r / s.M), (int)(r % s.M), acc);
        }

        private void Row(int product, int m, int* acc)
        {
            var s = _e._shape;
            int row = s.A[product] * s.M + m;
            int aZeroPoint = _aZeroPoint is null ? 0 : Quantized.At(_aZeroPoint, _e._aSigned, row % _e._aZeroPoints);
            byte* b = _b + (nint)s.B[product] * s.K * s.N;
            new Span<int>(acc, s.N).Clear();
            int sum = 0;
            for (int k = 0; k < s.K; k++)
            {
                int a = Quantized.At(_a, _e._aSigned, (nint)row * s.K + k) - aZeroPoint;
                sum += a;
                if (a != 0) AddScaled(acc, b + (nint)k * s.N, a, s.N);
            }

            for (int n = 0; n < s.N; n++)
            {
                int column = s.B[product] * s.N + n;
                int total = _bZeroPoint is null ? acc[n] : acc[n] - sum * Quantized.At(_bZeroPoint, _e._bSigned, column % _e._bZeroPoints);
                float scale = _aScale is null ? 1 : _e._aScale.At(_aScale, row) * _e._bScale.At(_bScale, column) / _yScale;
                _requantize.Store(total, scale, _y, ((nint)product * s.M + m) * s.N + n);
            }
        }

        /// <summary>acc += a · b over a row of B; one lane is one column, widened from 8 to 32 bits, so that nothing saturates.</summary>
        private void AddScaled(int* acc, byte* b, int a, int count)
        {
            var factor = new Vector<int>(a);
            int n = 0;
            for (; n + Vector<byte>.Count <= count; n += Vector<byte>.Count)
            {
                Vector<int> w0, w1, w2, w3;
                if (_e._bSigned)
                {
                    Vector.Widen(Vector.Load((sbyte*)b + n), out var low, out var high);
                    Vector.Widen(low, out w0, out w1);
                    Vector.Widen(high, out w2, out w3);
                }
                else
                {
                    Vector.Widen(Vector.Load(b + n), out var low, out var high);
                    Vector.Widen(Vector.AsVectorInt16(low), out w0, out w1);
                    Vector.Widen(Vector.AsVectorInt16(high), out w2, out w3);
                }

                int* to = acc + n;
                Vector.Store(Vector.Load(to) + w0 * factor, to);
                to += Vector<int>.Count;
                Vector.Store(Vector.Load(to) + w1 * factor, to);
                to += Vector<int>.Count;
                Vector.Store(Vector.Load(to) + w2 * factor, to);
                to += Vector<int>.Count;
                Vector.Store(Vector.Load(to) + w3 * factor, to);
            }

            for (; n < count; n++) acc[n] += a * Quantized.At(b, _e._bSigned, n);
        }
    }
}
