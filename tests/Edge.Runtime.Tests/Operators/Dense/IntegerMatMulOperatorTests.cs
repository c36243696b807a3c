using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Dense;

/// <summary>Integer products against their definition, byte for byte, and against ONNX Runtime.</summary>
public class IntegerMatMulOperatorTests
{
    public static IEnumerable<TheoryDataRow<int>> Seeds(int count) => Enumerable.Range(1, count).Select(i => new TheoryDataRow<int>(i));

    [Theory]
    [MemberData(nameof(Seeds), 60)]
    public void Products_are_their_definition_on_every_instruction_set(int seed)
    {
        var draw = new Draw(seed);
        var p = new Product(draw);
        bool constant = draw.Int(0, 2) > 0;
        OperatorCase Give(OperatorCase test, Tensor? t, bool known) => known ? test.Constant(t) : test.Input(t);

        OperatorCase integer = Give(new OperatorCase("MatMulInteger").Input(p.A), p.B, constant);
        integer = Give(integer, p.AZeroPoint, draw.Int(0, 1) == 0);
        Give(integer, p.BZeroPoint, constant).EverywhereWith([p.Accumulators()]);

        bool known = draw.Int(0, 2) > 0;
        OperatorCase quantized = new OperatorCase("QLinearMatMul", opset: 21).Input(p.A);
        foreach (Tensor t in (Tensor[])[p.AScale, p.AZeroPoint, p.B, p.BScale, p.BZeroPoint, p.YScale, p.YZeroPoint]) quantized = Give(quantized, t, known);
        quantized.EverywhereWith([p.Requantized()]);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void QGemm_agrees_with_ONNX_Runtime(int seed, bool quantized)
    {
        var draw = new Draw(seed);
        int m = draw.Int(1, 5), k = draw.Int(1, 70), n = draw.Int(1, 40);
        Tensor b = draw.Bytes(DataType.Int8, n, k);
        OperatorCase test = new OperatorCase("QGemm", 1, "com.microsoft").Input(draw.Bytes(DataType.Int8, m, k)).Constant(Draw.Scalar(0.02f)).Constant(Draw.Zero(DataType.Int8, -7))
            .Constant(b).Constant(draw.Tensor(DataType.Float32, 0.001, 0.01, n)).Constant(Tensor.Create<sbyte>(new Shape(n)))
            .Constant(draw.Tensor(DataType.Int32, -5000, 5000, n));
        if (quantized) test.Constant(Draw.Scalar(0.05f)).Constant(Draw.Zero(DataType.Int8, 3));
        test.With(AttributeProto.Of("transB", 1L)).EverywhereWithOnnxRuntime(relative: 1e-6, steps: 1);
    }

    private sealed class Product
    {
        private readonly int _batch, _m, _k, _n;
        private readonly bool _batched;

        public Product(Draw draw)
        {
            (_m, _k, _n) = (draw.Int(1, 9), draw.Int(1, 70), draw.Int(1, 70));
            _batch = draw.Int(1, 3);
            _batched = draw.Int(0, 2) == 0;
            DataType a = Type(draw), b = Type(draw);
            A = draw.Bytes(a, _batch, _m, _k);
            B = draw.Bytes(b, _batched ? [_batch, _k, _n] : [_k, _n]);
            bool perRow = draw.Int(0, 2) == 0, perColumn = draw.Int(0, 1) == 0;
            AZeroPoint = perRow ? draw.Bytes(a, _m) : Draw.Zero(a, draw.Int(0, 127));
            BZeroPoint = perColumn ? draw.Bytes(b, _n) : Draw.Zero(b, draw.Int(0, 127));
            AScale = draw.Tensor(DataType.Float32, 0.01, 0.03, perRow ? [_m] : []);
            BScale = draw.Tensor(DataType.Float32, 0.01, 0.03, perColumn ? [_n] : []);
            YScale = Draw.Scalar(0.3f * MathF.Sqrt(_k));
            YZeroPoint = Draw.Zero(Type(draw), draw.Int(0, 100));
        }

        public Tensor A { get; }

        public Tensor B { get; }

        public Tensor AZeroPoint { get; }

        public Tensor BZeroPoint { get; }

        public Tensor AScale { get; }

        public Tensor BScale { get; }

        public Tensor YScale { get; }

        public Tensor YZeroPoint { get; }

        public Tensor Accumulators()
        {
            Tensor y = Tensor.Create<int>(new Shape(_batch, _m, _n));
            for (int i = 0; i < y.Count; i++) y.AsSpan<int>()[i] = Sum(i);
            return y;
        }

        public Tensor Requantized()
        {
            Tensor y = Tensor.Create(YZeroPoint.Type, new Shape(_batch, _m, _n));
            for (int i = 0; i < y.Count; i++)
            {
                int row = i / _n % _m, column = i % _n;
                float scale = AScale.AsSpan<float>()[AScale.Count == 1 ? 0 : row] * BScale.AsSpan<float>()[BScale.Count == 1 ? 0 : column] / YScale.AsSpan<float>()[0];
                double value = MathF.Round((float)Sum(i) * scale, MidpointRounding.ToEven) + (double)Integer(YZeroPoint, 0);
                if (y.Type == DataType.UInt8) y.AsSpan<byte>()[i] = (byte)Math.Clamp(value, 0, 255);
                else y.AsSpan<sbyte>()[i] = (sbyte)Math.Clamp(value, -128, 127);
            }

            return y;
        }

        private static DataType Type(Draw draw) => draw.Int(0, 1) == 0 ? DataType.UInt8 : DataType.Int8;

        private static int Integer(Tensor t, int i) => t.Type == DataType.UInt8 ? t.AsSpan<byte>()[i] : t.AsSpan<sbyte>()[i];

        private int Sum(int i)
        {
            int batch = i / (_m * _n), row = i / _n % _m, column = i % _n;
            int a0 = Integer(AZeroPoint, AZeroPoint.Count == 1 ? 0 : row), b0 = Integer(BZeroPoint, BZeroPoint.Count == 1 ? 0 : column);
            int sum = 0;
            for (int k = 0; k < _k; k++)
                sum += (Integer(A, (batch * _m + row) * _k + k) - a0) * (Integer(B, ((_batched ? batch : 0) * _k + k) * _n + column) - b0);
            return sum;
        }
    }
}
