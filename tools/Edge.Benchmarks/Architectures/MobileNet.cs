using Edge.Onnx;

namespace Edge.Benchmarks.Architectures;

/// <summary>Networks of inverted residual blocks: 1×1 up, depthwise, 1×1 down.</summary>
internal static class MobileNet
{
    /// <summary>Sandler et al. 2018, width 1.</summary>
    public static ModelProto V2(int size = 224) => Relu6Network(2, size,
        [(1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 32, 3, 2, 3), (6, 64, 4, 2, 3), (6, 96, 3, 1, 3), (6, 160, 3, 2, 3), (6, 320, 1, 1, 3)]);

    /// <summary>EfficientNet-lite0: EfficientNet-B0 without squeeze-and-excitation, with Relu6.</summary>
    public static ModelProto EfficientNetLite0(int size = 224) => Relu6Network(4, size,
        [(1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 40, 2, 2, 5), (6, 80, 3, 2, 3), (6, 112, 3, 1, 5), (6, 192, 4, 2, 5), (6, 320, 1, 1, 3)]);

    /// <summary>Howard et al. 2019, large: hard swish and squeeze-and-excitation.</summary>
    public static ModelProto V3Large(int size = 224)
    {
        var n = new NetworkBuilder(3);
        string x = n.HardSwish(n.Conv(n.Input(1, 3, size, size), 16, 3, 2, gain: 1.6));
        foreach (var (kernel, middle, to, squeeze, swish, stride) in ((int, int, int, bool, bool, int)[])
        [
            (3, 16, 16, false, false, 1), (3, 64, 24, false, false, 2), (3, 72, 24, false, false, 1), (5, 72, 40, true, false, 2), (5, 120, 40, true, false, 1),
            (5, 120, 40, true, false, 1), (3, 240, 80, false, true, 2), (3, 200, 80, false, true, 1), (3, 184, 80, false, true, 1), (3, 184, 80, false, true, 1),
            (3, 480, 112, true, true, 1), (3, 672, 112, true, true, 1), (5, 672, 160, true, true, 2), (5, 960, 160, true, true, 1), (5, 960, 160, true, true, 1),
        ])
        {
            string y = middle == n.Shape(x)[1] ? x : Activate(n.Conv(x, middle, 1, gain: 1.6), swish);
            y = Activate(n.Conv(y, middle, kernel, stride, middle, 1.6), swish);
            if (squeeze) y = Squeeze(y, middle);
            x = Project(n, x, y, to, stride);
        }
        x = n.HardSwish(n.Conv(x, 960, 1, gain: 1.6));
        x = n.HardSwish(n.Gemm(n.Flatten(n.GlobalAveragePool(x)), 1280, 1.6));
        return n.Build(n.Gemm(x, 1000));

        string Activate(string v, bool swish) => swish ? n.HardSwish(v) : n.Relu(v);

        string Squeeze(string v, int channels)
        {
            string s = n.Conv(n.ConvRelu(n.GlobalAveragePool(v), Divisible(channels / 4), 1), channels, 1);
            return n.Mul(v, n.Op("HardSigmoid", [s], n.Shape(s), AttributeProto.Of("alpha", 1 / 6f), AttributeProto.Of("beta", 0.5f)));
        }
    }

    private static ModelProto Relu6Network(int seed, int size, (int Expand, int To, int Count, int Stride, int Kernel)[] stages)
    {
        var n = new NetworkBuilder(seed);
        string x = n.ConvRelu6(n.Input(1, 3, size, size), 32, 3, 2);
        foreach (var (expand, to, count, firstStride, kernel) in stages)
            for (int i = 0; i < count; i++)
            {
                int middle = n.Shape(x)[1] * expand, stride = i == 0 ? firstStride : 1;
                string y = expand == 1 ? x : n.ConvRelu6(x, middle, 1);
                x = Project(n, x, n.ConvRelu6(y, middle, kernel, stride, middle), to, stride);
            }
        return n.Build(n.Classify(n.ConvRelu6(x, 1280, 1), 1000));
    }

    /// <summary>The block's last convolution, and the sum with its input where shapes allow it.</summary>
    private static string Project(NetworkBuilder n, string x, string y, int to, int stride)
    {
        bool sum = stride == 1 && n.Shape(x)[1] == to;
        string down = n.Conv(y, to, 1, gain: sum ? NetworkBuilder.BranchGain : 1);
        return sum ? n.Add(down, x) : down;
    }

    /// <summary>The nearest multiple of 8 that is not much smaller, as MobileNet rounds numbers of channels.</summary>
    private static int Divisible(int channels)
    {
        int rounded = Math.Max(8, (channels + 4) / 8 * 8);
        return rounded < 0.9 * channels ? rounded + 8 : rounded;
    }
}
