using Edge.Onnx;

namespace Edge.Benchmarks.Architectures;

/// <summary>Layers; pictures are NCHW.</summary>
internal sealed partial class NetworkBuilder
{
    /// <summary>A convolution with bias.</summary>
    /// <param name="x">Its input.</param>
    /// <param name="to">Channels of its output.</param>
    /// <param name="kernel">Height and width of its kernel.</param>
    /// <param name="stride">In both directions.</param>
    /// <param name="groups">1, or as many as there are channels for a depthwise one.</param>
    /// <param name="gain">What its weights are multiplied by; √2 before a rectifier.</param>
    /// <param name="pad">On all sides; half the kernel if not given.</param>
    public string Conv(string x, int to, int kernel, int stride = 1, int groups = 1, double gain = 1, int? pad = null)
    {
        int[] s = Shape(x);
        int p = pad ?? kernel / 2, fan = s[1] / groups * kernel * kernel;
        return Op("Conv", [x, Weights(gain / Math.Sqrt(fan), to, s[1] / groups, kernel, kernel), Weights(0.05, to)], [s[0], to, Size(s[2]), Size(s[3])],
            Attribute("dilations", 1, 1), AttributeProto.Of("group", (long)groups), Attribute("kernel_shape", kernel, kernel), Attribute("pads", p, p, p, p), Attribute("strides", stride, stride));

        int Size(int from) => (from + 2 * p - kernel) / stride + 1;
    }

    public string ConvRelu(string x, int to, int kernel, int stride = 1, int groups = 1, int? pad = null) => Relu(Conv(x, to, kernel, stride, groups, Math.Sqrt(2), pad));

    public string ConvRelu6(string x, int to, int kernel, int stride = 1, int groups = 1) => Relu6(Conv(x, to, kernel, stride, groups, Math.Sqrt(2)));

    public string ConvSilu(string x, int to, int kernel, int stride = 1) => Silu(Conv(x, to, kernel, stride, gain: 1.6));

    public string Relu(string x) => Op("Relu", [x], Shape(x));

    public string Relu6(string x) => Op("Clip", [x, Scalar(0), Scalar(6)], Shape(x));

    public string Silu(string x) => Mul(x, Op("Sigmoid", [x], Shape(x)));

    public string HardSwish(string x) => Op("HardSwish", [x], Shape(x));

    /// <summary>The error function's form, written out.</summary>
    public string Gelu(string x)
    {
        string erf = Op("Erf", [Op("Div", [x, Scalar(MathF.Sqrt(2))], Shape(x))], Shape(x));
        return Op("Mul", [Mul(x, Op("Add", [erf, Scalar(1)], Shape(x))), Scalar(0.5f)], Shape(x));
    }

    /// <summary>A sum; of two shapes that of <paramref name="a"/> is the larger.</summary>
    public string Add(string a, string b) => Op("Add", [a, b], Shape(a));

    /// <summary>A product; of two shapes that of <paramref name="a"/> is the larger.</summary>
    public string Mul(string a, string b) => Op("Mul", [a, b], Shape(a));

    public string Concat(int axis, params string[] parts)
    {
        int[] shape = [.. Shape(parts[0])];
        shape[axis] = parts.Sum(p => Shape(p)[axis]);
        return Op("Concat", parts, shape, Axis(axis));
    }

    public string[] Split(string x, int axis, params int[] sizes) =>
        Ops("Split", [x, Ints(sizes)], [.. sizes.Select(size => With(Shape(x), axis, size))], Axis(axis));

    public string Reshape(string x, params int[] shape) => Op("Reshape", [x, Ints(shape)], shape);

    public string Transpose(string x, params int[] perm) => Op("Transpose", [x], [.. perm.Select(p => Shape(x)[p])], Attribute("perm", perm));

    public string MaxPool(string x, int kernel, int stride, int pad = 0, bool ceiling = false)
    {
        int[] s = Shape(x);
        return Op("MaxPool", [x], [s[0], s[1], Size(s[2]), Size(s[3])], AttributeProto.Of("ceil_mode", ceiling ? 1L : 0), Attribute("dilations", 1, 1),
            Attribute("kernel_shape", kernel, kernel), Attribute("pads", pad, pad, pad, pad), Attribute("strides", stride, stride));

        int Size(int from) => (from + 2 * pad - kernel + (ceiling ? stride - 1 : 0)) / stride + 1;
    }

    public string GlobalAveragePool(string x) => Op("GlobalAveragePool", [x], [Shape(x)[0], Shape(x)[1], 1, 1]);

    /// <summary>The average of the picture, and a product with it: how classifiers end.</summary>
    public string Classify(string x, int classes)
    {
        string flat = Flatten(GlobalAveragePool(x));
        return Gemm(flat, classes);
    }

    public string Flatten(string x) => Op("Flatten", [x], [Shape(x)[0], Shape(x)[1..].Aggregate((a, b) => a * b)], Axis(1));

    /// <summary>nn.Linear of a matrix.</summary>
    public string Gemm(string x, int to, double gain = 1)
    {
        int from = Shape(x)[1];
        return Op("Gemm", [x, Weights(gain / Math.Sqrt(from), to, from), Weights(0.05, to)], [Shape(x)[0], to],
            AttributeProto.Of("alpha", 1f), AttributeProto.Of("beta", 1f), AttributeProto.Of("transB", 1L));
    }

    /// <summary>nn.Linear of the last axis.</summary>
    public string Dense(string x, int to, double gain = 1)
    {
        int[] s = Shape(x);
        string product = Op("MatMul", [x, Weights(gain / Math.Sqrt(s[^1]), s[^1], to)], With(s, s.Length - 1, to));
        return Op("Add", [Weights(0.05, to), product], Shape(product));
    }

    public string MatMul(string a, string b) => Op("MatMul", [a, b], With(Shape(a), Shape(a).Length - 1, Shape(b)[^1]));

    public string Softmax(string x, int axis = -1) => Op("Softmax", [x], Shape(x), Axis(axis));

    public string LayerNorm(string x)
    {
        int width = Shape(x)[^1];
        return Op("LayerNormalization", [x, Constant(Enumerable.Repeat(1f, width).ToArray(), width), Weights(0.05, width)], Shape(x), Axis(-1), AttributeProto.Of("epsilon", 1e-6f));
    }

    /// <summary>Attention of several heads over <c>[1, tokens, width]</c> values, joined again.</summary>
    public string Attention(string q, string k, string v, int heads)
    {
        int[] s = Shape(q);
        int tokens = s[1], depth = s[2] / heads, width = Shape(v)[2];
        string scores = Op("Div", [MatMul(Heads(q, 0, 2, 1, 3), Heads(k, 0, 2, 3, 1)), Scalar(MathF.Sqrt(depth))], [1, heads, tokens, tokens]);
        return Reshape(Transpose(MatMul(Softmax(scores), Heads(v, 0, 2, 1, 3)), 0, 2, 1, 3), 1, tokens, width);

        string Heads(string x, params int[] perm) => Transpose(Reshape(x, 1, tokens, heads, Shape(x)[2] / heads), perm);
    }

    public string Upsample(string x)
    {
        int[] s = Shape(x);
        return Op("Resize", [x, "", Constant([1f, 1f, 2f, 2f], 4)], [s[0], s[1], 2 * s[2], 2 * s[3]],
            AttributeProto.Of("coordinate_transformation_mode", "asymmetric"), AttributeProto.Of("mode", "nearest"), AttributeProto.Of("nearest_mode", "floor"));
    }

    private static int[] With(int[] shape, int axis, int size)
    {
        int[] changed = [.. shape];
        changed[axis] = size;
        return changed;
    }
}
