using Edge.Kernels;
using Edge.Kernels.Dense;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Threading;
using Edge.Runtime.Operators.Conv;
using Edge.Runtime.Operators.MatMul;
using Edge.Runtime.Operators.QLinearConv;
using Edge.Runtime.Operators.QLinearMatMul;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Attention;

/// <summary>The product of a tensor <c>[rows, inner]</c> and weights <c>[inner, width]</c> that makes queries, keys and values of it.</summary>
internal abstract unsafe class QkvProjection : IDisposable
{
    public abstract string Name { get; }

    public abstract nint ScratchBytes { get; }

    public virtual nint PackedBytes => 0;

    /// <summary>Writes <c>[rows, width]</c>.</summary>
    public abstract void Run(in StepContext c, float* y, byte* scratch);

    public virtual void Dispose()
    {
    }
}

/// <summary>The product in float32; weights and bias may come with each run.</summary>
internal sealed unsafe class FloatProjection : QkvProjection
{
    private readonly PreparedConvF32? _packed;
    private readonly DenseKernels _dense;
    private readonly BinaryKernel? _add;
    private readonly Broadcast? _plan;
    private readonly (int X, int W, int B) _in;
    private readonly int _rows;
    private readonly int _inner;
    private readonly int _width;

    public FloatProjection(PrepareContext c, int x, int w, int b)
    {
        _in = (x, w, b);
        _dense = c.Kernels.Dense;
        (_rows, _inner, _width) = (c.Shape(x).Product(0, 2), c.Shape(w)[0], c.Shape(w)[1]);
        var bias = c.Has(b) ? c.Constant(b) : null;
        if (c.Constant(w) is { } weights && _rows > 0 && _inner > 0)
            _packed = _dense.PrepareConvF32(ConvGeometry.MatMul(_rows, _inner, _width), MatMulOperator.Transposed(weights, _inner, _width).AsSpan<float>(), bias is null ? [] : bias.AsSpan<float>(), Activation.None, c.Packed);
        if (!c.Has(b) || (_packed is not null && bias is not null)) return;
        _add = c.Kernels.Elementwise.Binary(BinaryFunction.Add, DataType.Float32);
        _plan = Broadcast.To(new Shape(_rows, _width), new Shape(_rows, _width), new Shape(_width));
    }

    public override string Name => _packed?.KernelName ?? "matmul_f32";

    public override nint ScratchBytes => _packed?.ScratchBytes ?? _dense.MatMulF32ScratchBytes(_rows, _width, _inner);

    public override nint PackedBytes => _packed?.PackedBytes ?? 0;

    public override void Run(in StepContext c, float* y, byte* scratch)
    {
        float* x = c.Input<float>(_in.X);
        if (_packed is not null) _packed.Run(x, null, y, scratch, c.Pool);
        else _dense.MatMulF32(_rows, _width, _inner, x, _inner, c.Input<float>(_in.W), _width, false, y, _width, scratch, c.Pool);
        _add?.Run(y, c.Input<float>(_in.B), y, _plan!, c.Pool);
    }

    public override void Dispose()
    {
        _packed?.Dispose();
        base.Dispose();
    }
}

/// <summary>
/// The product in integers, <c>y = acc · (input scale · weight scale) + bias</c>; weights, their scales and zero points are
/// constants, scale and zero point of the input may come with each run.
/// </summary>
internal sealed unsafe class IntegerProjection : QkvProjection
{
    private readonly PreparedConvInt8 _packed;
    private readonly RowCorrection? _correction;
    private readonly float[] _weightScales;
    private readonly (int X, int B, int Scale, int ZeroPoint) _in;
    private readonly int _rows;
    private readonly int _width;
    private readonly bool _signed;

    public IntegerProjection(PrepareContext c, int x, int w, int b, int scale, int weightScale, int zeroPoint, int weightZeroPoint)
    {
        _in = (x, b, scale, zeroPoint);
        _signed = c.Type(x) == DataType.Int8;
        (_rows, _width) = (c.Shape(x).Product(0, 2), c.Shape(w)[1]);
        int inner = c.Shape(w)[0];
        _weightScales = Quantized.Scales(c.Constant(weightScale)!);
        var transposed = MatMulOperator.Transposed(c.Constant(w)!, inner, _width);
        int[] zeroPoints = c.Has(weightZeroPoint) ? Quantized.Integers(c.Constant(weightZeroPoint)!) : [];
        var g = ConvGeometry.MatMul(_rows, inner, _width);
        _packed = c.Kernels.Dense.PrepareConvInt8(g, new Int8Weights(transposed.Bytes, transposed.Type == DataType.Int8, zeroPoints), [], _signed, 0, new Int8Output(Int8OutputKind.Int32, [], 0, 0, 0), c.Packed);
        if (c.Has(zeroPoint)) _correction = new RowCorrection(MatMulShape.Read(c.Node, new Shape(_rows, inner), c.Shape(w)), transposed, zeroPoints, 1);
    }

    public override string Name => _packed.KernelName;

    public override nint ScratchBytes => Scratch.Align((nint)_rows * _width * sizeof(int)) + _packed.ScratchBytes;

    public override nint PackedBytes => _packed.PackedBytes;

    public override void Run(in StepContext c, float* y, byte* scratch)
    {
        var acc = (int*)scratch;
        _packed.Run(c.Input<byte>(_in.X), acc, scratch + Scratch.Align((nint)_rows * _width * sizeof(int)), c.Pool);
        _correction?.Run(acc, c.Input<byte>(_in.ZeroPoint), _signed);
        var job = new Rows { Projection = this, Acc = acc, Y = y, Bias = c.Input<float>(_in.B), Scale = *c.Input<float>(_in.Scale) };
        c.Pool.Run(ref job, _rows);
    }

    public override void Dispose()
    {
        _packed.Dispose();
        base.Dispose();
    }

    /// <summary>One chunk is one row.</summary>
    private struct Rows : IParallelJob
    {
        public IntegerProjection Projection;
        public int* Acc;
        public float* Y;
        public float* Bias;
        public float Scale;

        public readonly void Execute(int chunk)
        {
            int width = Projection._width;
            float[] scales = Projection._weightScales;
            int* acc = Acc + (nint)chunk * width;
            float* y = Y + (nint)chunk * width;
            for (int n = 0; n < width; n++) y[n] = acc[n] * (Scale * scales[scales.Length == 1 ? 0 : n]) + Bias[n];
        }
    }
}
