using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Runtime.Tests.Operators.Dense;

/// <summary>A random integer convolution, and its result computed as the design defines it.</summary>
internal sealed class QuantizedConvOperands
{
    private readonly ConvCase _case;
    private readonly Tensor _x;
    private readonly Tensor _w;
    private readonly Tensor _xZeroPoint;
    private readonly Tensor _wZeroPoint;
    private readonly Tensor _xScale;
    private readonly Tensor _wScale;
    private readonly Tensor _yScale;
    private readonly Tensor _yZeroPoint;
    private readonly Tensor? _bias;

    private QuantizedConvOperands(Draw draw, bool oracle)
    {
        _case = ConvCase.Random(draw, integer: true);
        DataType x = draw.Int(0, 1) == 0 ? DataType.UInt8 : DataType.Int8;
        // ONNX Runtime has uint8 weights only for uint8 inputs, and int8 weights of zero point 0 only.
        DataType w = oracle ? DataType.Int8 : draw.Int(0, 1) == 0 ? DataType.UInt8 : DataType.Int8;
        int channels = _case.Weights[0];
        _x = draw.Bytes(x, _case.Input);
        _w = draw.Bytes(w, _case.Weights);
        _xZeroPoint = Draw.Zero(x, x == DataType.UInt8 ? draw.Int(0, 255) : draw.Int(-128, 127));
        bool perChannel = draw.Int(0, 1) == 0;
        _wZeroPoint = oracle ? Zeros(perChannel ? channels : 0) : perChannel ? draw.Bytes(w, channels) : Draw.Zero(w, draw.Int(0, 100));
        _xScale = Draw.Scalar(0.021f);
        _wScale = draw.Tensor(DataType.Float32, 0.001, 0.02, draw.Int(0, 1) == 0 ? [channels] : []);
        _yScale = Draw.Scalar(0.013f * MathF.Sqrt(_case.Taps));
        DataType y = oracle ? x : draw.Int(0, 1) == 0 ? DataType.UInt8 : DataType.Int8;
        _yZeroPoint = Draw.Zero(y, draw.Int(0, 100));
        _bias = draw.Int(0, 1) == 0 ? draw.Tensor(DataType.Int32, -20000, 20000, channels) : null;
    }

    public static QuantizedConvOperands Random(Draw draw, bool oracle = false) => new(draw, oracle);

    public OperatorCase QLinearConv(bool parametersAtRunTime)
    {
        OperatorCase test = new OperatorCase("QLinearConv").Input(_x);
        foreach (Tensor t in (Tensor[])[_xScale, _xZeroPoint, _w, _wScale, _wZeroPoint, _yScale, _yZeroPoint])
            test = parametersAtRunTime ? test.Input(t) : test.Constant(t);
        return test.Constant(_bias).With(_case.Attributes);
    }

    public OperatorCase ConvInteger(bool zeroPointAtRunTime, bool weightsAtRunTime)
    {
        OperatorCase test = new OperatorCase("ConvInteger").Input(_x);
        test = weightsAtRunTime ? test.Input(_w) : test.Constant(_w);
        test = zeroPointAtRunTime ? test.Input(_xZeroPoint) : test.Constant(_xZeroPoint);
        return test.Constant(_wZeroPoint).With(_case.Attributes);
    }

    /// <summary>The sums without bias, as ConvInteger returns them.</summary>
    public Tensor Accumulators() => Each(DataType.Int32, (acc, _, i, y) => y.AsSpan<int>()[i] = acc);

    /// <summary>QLinearConv: <c>saturate(round_half_even(acc · (x_scale · w_scale / y_scale)) + y_zero_point)</c>.</summary>
    public Tensor Requantized() => Each(_yZeroPoint.Type, (acc, channel, i, y) =>
    {
        float scale = _xScale.AsSpan<float>()[0] * At(_wScale, channel) / _yScale.AsSpan<float>()[0];
        if (_bias is not null) acc += _bias.AsSpan<int>()[channel];
        double value = MathF.Round((float)acc * scale, MidpointRounding.ToEven) + (double)Integer(_yZeroPoint, 0);
        if (y.Type == DataType.UInt8) y.AsSpan<byte>()[i] = (byte)Math.Clamp(value, 0, 255);
        else y.AsSpan<sbyte>()[i] = (sbyte)Math.Clamp(value, -128, 127);
    });

    private static Tensor Zeros(int count) => Tensor.Create<sbyte>(count == 0 ? Shape.Scalar : new Shape(count));

    private static float At(Tensor scales, int channel) => scales.AsSpan<float>()[scales.Count == 1 ? 0 : channel];

    private static int Integer(Tensor t, int i) => t.Type == DataType.UInt8 ? t.AsSpan<byte>()[i] : t.AsSpan<sbyte>()[i];

    private Tensor Each(DataType type, Action<int, int, int, Tensor> store)
    {
        // The shape comes from the float operator, which another test holds against ONNX Runtime.
        var shape = new OperatorCase("Conv").Input(Tensor.Create<float>(_x.Shape)).Constant(Tensor.Create<float>(_w.Shape)).With(_case.Attributes).Run("scalar")[0].Shape;
        Tensor y = Tensor.Create(type, shape);
        int[] output = Three([.. shape.Dims[2..]], 1);
        int volume = output[0] * output[1] * output[2];
        for (int i = 0; i < y.Count; i++)
        {
            int[] at = [i / (output[1] * output[2]) % output[0], i / output[2] % output[1], i % output[2]];
            int channel = i / volume % shape[1], n = i / volume / shape[1];
            store(Sum(n, channel, at), channel, i, y);
        }

        return y;
    }

    /// <summary>A list over spatial axes, with the neutral value for depth and height where there are none.</summary>
    private static int[] Three(int[] list, int neutral) => [.. Enumerable.Repeat(neutral, 3 - list.Length), .. list];

    private int Sum(int n, int channel, int[] at)
    {
        int spatial = _case.Input.Length - 2;
        int[] stride = Three(Attribute("strides", 1)[..spatial], 1), dilation = Three(Attribute("dilations", 1)[..spatial], 1), pads = Three(Attribute("pads", 0)[..spatial], 0);
        int[] input = Three(_case.Input[2..], 1), kernel = Three(_case.Weights[2..], 1);
        int inner = _case.Weights[1], outer = _case.Weights[0] / _case.Group;
        int taps = kernel[0] * kernel[1] * kernel[2];
        int sum = 0;
        for (int c = 0; c < inner; c++)
        {
            for (int tap = 0; tap < taps; tap++)
            {
                int[] k = [tap / (kernel[1] * kernel[2]), tap / kernel[2] % kernel[1], tap % kernel[2]];
                int index = n * _case.Input[1] + channel / outer * inner + c;
                bool inside = true;
                for (int a = 0; a < 3; a++)
                {
                    int i = at[a] * stride[a] - pads[a] + k[a] * dilation[a];
                    inside &= i >= 0 && i < input[a];
                    index = index * input[a] + i;
                }

                if (!inside) continue;
                int w = Integer(_w, (channel * inner + c) * taps + tap);
                sum += (Integer(_x, index) - Integer(_xZeroPoint, 0)) * (w - Integer(_wZeroPoint, _wZeroPoint.Count == 1 ? 0 : channel));
            }
        }

        return sum;
    }

    private int[] Attribute(string name, int fallback)
    {
        int spatial = _case.Input.Length - 2;
        return _case.Attributes.FirstOrDefault(a => a.Name == name) is { } given ? [.. given.Ints.Select(v => (int)v)] : [.. Enumerable.Repeat(fallback, 2 * spatial)];
    }
}
