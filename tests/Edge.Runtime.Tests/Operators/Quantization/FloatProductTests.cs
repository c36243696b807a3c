using Edge.Kernels;
using Edge.Onnx;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Quantization;

/// <summary>Integer products that end in float32: MatMulIntegerToFloat, DynamicQuantizeMatMul, DynamicQuantizeLSTM.</summary>
public class FloatProductTests
{
    private const string Microsoft = "com.microsoft";

    /// <summary>ONNX Runtime may fuse the multiplication and addition that end an element.</summary>
    private const double Close = 1e-6;

    public static IEnumerable<TheoryDataRow<int>> Seeds(int count) => Enumerable.Range(1, count).Select(i => new TheoryDataRow<int>(i));

    [Theory]
    [MemberData(nameof(Seeds), 30)]
    public void A_random_product_of_integers_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(seed);
        bool Toss() => draw.Int(0, 1) == 0;
        var (a, b) = Operands(draw);
        DataType type = Toss() ? DataType.UInt8 : DataType.Int8;
        var test = new OperatorCase("MatMulIntegerToFloat", 1, Microsoft).Input(draw.Bytes(DataType.UInt8, a));
        bool known = Toss(), perColumn = Toss();
        OperatorCase Add(Tensor? t) => known ? test.Constant(t) : test.Input(t);
        test = Add(draw.Bytes(type, b));
        test = Toss() ? test.Constant(Draw.Scalar(0.03f)) : test.Input(Draw.Scalar(0.03f));
        test = Add(perColumn ? draw.Tensor(DataType.Float32, 0.01, 0.1, b[^1]) : Draw.Scalar(0.02f));
        Tensor zero = Draw.Zero(DataType.UInt8, 117);
        test = Toss() ? test.Constant(zero) : Toss() ? test.Input(zero) : test.Input(null);
        Tensor zeros = Tensor.Create(type, perColumn ? new Shape(b[^1]) : Shape.Scalar);
        zeros.Bytes.Fill(5);
        test = Toss() ? Add(zeros) : Add(null);
        if (Toss()) test = Add(draw.Float(b[^1]));
        AgreesWithOnnxRuntime(test);
    }

    [Theory]
    [MemberData(nameof(Seeds), 30)]
    public void A_random_dynamically_quantized_product_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(100 + seed);
        bool Toss() => draw.Int(0, 1) == 0;
        var (a, b) = Operands(draw);
        DataType type = Toss() ? DataType.UInt8 : DataType.Int8;
        bool known = Toss(), perColumn = Toss();
        var test = new OperatorCase("DynamicQuantizeMatMul", 1, Microsoft).Input(draw.Float(a));
        OperatorCase Add(Tensor? t) => known ? test.Constant(t) : test.Input(t);
        test = Add(draw.Bytes(type, b));
        test = Add(perColumn ? draw.Tensor(DataType.Float32, 0.01, 0.1, b[^1]) : Draw.Scalar(0.02f));
        Tensor zeros = Tensor.Create(type, perColumn ? new Shape(b[^1]) : Shape.Scalar);
        zeros.Bytes.Fill(9);
        test = Toss() ? Add(zeros) : Add(null);
        if (Toss()) test = Add(draw.Float(b[^1]));
        AgreesWithOnnxRuntime(test);
    }

    /// <summary>
    /// ONNX Runtime has other sigmoids and hyperbolic tangents, whose last bits now and then move a quantized hidden state by
    /// one of 255 steps.
    /// </summary>
    [Theory]
    [MemberData(nameof(Seeds), 20)]
    public void A_random_quantized_LSTM_agrees_with_ONNX_Runtime(int seed)
    {
        var draw = new Draw(200 + seed);
        bool Toss() => draw.Int(0, 1) == 0;
        int steps = draw.Int(1, 8), batch = draw.Int(1, 4), input = draw.Int(1, 20), hidden = draw.Int(1, 30), directions = draw.Int(1, 2);
        DataType type = Toss() ? DataType.UInt8 : DataType.Int8;
        bool perColumn = Toss();
        Tensor Scales() => draw.Tensor(DataType.Float32, 0.002, 0.01, perColumn ? [directions, 4 * hidden] : [directions]);
        Tensor Zeros() => Tensor.Create(type, perColumn ? new Shape(directions, 4 * hidden) : new Shape(directions));
        Tensor Float(params int[] dims) => draw.Tensor(DataType.Float32, -1, 1, dims);
        Tensor wZero = Zeros(), rZero = Zeros();
        wZero.Bytes.Fill((byte)(type == DataType.Int8 ? 0 : 128));
        rZero.Bytes.Fill((byte)(type == DataType.Int8 ? 0 : 128));
        var test = new OperatorCase("DynamicQuantizeLSTM", 1, Microsoft).Outputs(3).Input(Float(steps, batch, input))
            .Constant(draw.Bytes(type, directions, input, 4 * hidden)).Constant(draw.Bytes(type, directions, hidden, 4 * hidden))
            .Constant(Toss() ? Float(directions, 8 * hidden) : null)
            .Input(null)
            .Input(Toss() ? Float(directions, batch, hidden) : null).Input(Toss() ? Float(directions, batch, hidden) : null).Constant(Toss() ? Float(directions, 3 * hidden) : null)
            .Constant(Scales()).Constant(wZero).Constant(Scales()).Constant(rZero)
            .With(AttributeProto.Of("hidden_size", (long)hidden), AttributeProto.Of("direction", directions == 2 ? "bidirectional" : Toss() ? "forward" : "reverse"));
        var expected = test.RunOnnxRuntime();
        var actual = test.OnEveryIsa();
        for (int i = 0; i < expected.Count; i++)
        {
            TensorAssert.Close(expected[i], actual[i], 0, 5e-3, 0);
            float[] off = [.. expected[i].AsSpan<float>().ToArray().Zip(actual[i].AsSpan<float>().ToArray(), (e, o) => Math.Abs(e - o)).Order()];
            Assert.True(off[off.Length / 2] < 2e-6f, $"half of output {i} is off by {off[off.Length / 2]} or more");
        }
    }

    /// <summary>ONNX Runtime lets memory that nobody wrote into the range; here a sequence that is over has no part in it.</summary>
    [Fact]
    public void A_quantized_sequence_that_is_over_does_not_touch_the_others()
    {
        const int Steps = 6, Hidden = 5;
        var draw = new Draw(300);
        Tensor one = draw.Float(Steps, 1, 3), two = Tensor.Create<float>(new Shape(Steps, 2, 3));
        for (int i = 0; i < two.Count; i++) two.AsSpan<float>()[i] = one.AsSpan<float>()[i / 6 * 3 + i % 3];
        Tensor w = draw.Bytes(DataType.Int8, 1, 3, 4 * Hidden), r = draw.Bytes(DataType.Int8, 1, Hidden, 4 * Hidden), scale = Tensor.Create<float>(new Shape(1), [0.01f]);
        OperatorCase Case(Tensor x, int[] lengths) => new OperatorCase("DynamicQuantizeLSTM", 1, Microsoft).Outputs(2).Input(x).Constant(w).Constant(r)
            .Input(null).Input(Tensor.Create<int>(new Shape(lengths.Length), lengths)).Input(null).Input(null).Input(null).Constant(scale).Constant(null).Constant(scale);
        var alone = Case(one, [Steps]).OnEveryIsa();
        var beside = Case(two, [Steps, 2]).OnEveryIsa();
        for (int t = 0; t < Steps; t++)
        {
            float[] expected = alone[0].AsSpan<float>().Slice(t * Hidden, Hidden).ToArray();
            Assert.Equal(expected, beside[0].AsSpan<float>().Slice(2 * t * Hidden, Hidden).ToArray());
            Assert.Equal(t < 2 ? expected : new float[Hidden], beside[0].AsSpan<float>().Slice((2 * t + 1) * Hidden, Hidden).ToArray());
            if (t == 1) Assert.Equal(expected, beside[1].AsSpan<float>().Slice(Hidden, Hidden).ToArray());
        }
    }

    [Fact]
    public void Weights_that_only_a_run_brings_are_refused()
    {
        Tensor s = Tensor.Create<float>(new Shape(1), [0.1f]), z = Tensor.Create<sbyte>(new Shape(1));
        var test = new OperatorCase("DynamicQuantizeLSTM", 1, Microsoft).Outputs(1).Input(Tensor.Create<float>(new Shape(2, 1, 3)))
            .Input(Tensor.Create<sbyte>(new Shape(1, 3, 8))).Constant(Tensor.Create<sbyte>(new Shape(1, 2, 8)))
            .Input(null).Input(null).Input(null).Input(null).Input(null).Constant(s).Constant(z).Constant(s).Constant(z);
        Assert.Equal("DynamicQuantizeLSTM 'DynamicQuantizeLSTM_0': input 1 must be a constant", test.Refusal());
    }

    [Fact]
    public void Scales_that_fit_no_column_are_refused() =>
        Assert.Contains("b_scale of shape [3] is not supported; supported: one number, or one for each of 4 columns",
            new OperatorCase("DynamicQuantizeMatMul", 1, Microsoft).Input(Tensor.Create<float>(new Shape(2, 3))).Constant(Tensor.Create<sbyte>(new Shape(3, 4))).Constant(Tensor.Create<float>(new Shape(3))).Refusal(),
            StringComparison.Ordinal);

    private static void AgreesWithOnnxRuntime(OperatorCase test)
    {
        var expected = test.RunOnnxRuntime();
        var actual = test.OnEveryIsa();
        for (int i = 0; i < expected.Count; i++) TensorAssert.Close(expected[i], actual[i], Close, Close * 100, 0);
    }

    private static (int[] A, int[] B) Operands(Draw draw)
    {
        int m = draw.Int(1, 9), k = draw.Int(1, 70), n = draw.Int(1, 40), p = draw.Int(2, 4);
        return draw.Int(0, 2) switch
        {
            0 => ([p, m, k], [k, n]),
            _ => ([m, k], [k, n]),
        };
    }
}
