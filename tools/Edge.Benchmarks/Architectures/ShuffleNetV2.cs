using Edge.Onnx;

namespace Edge.Benchmarks.Architectures;

/// <summary>Ma et al. 2018, width 1: half of the channels pass a block by, then the halves are shuffled.</summary>
internal static class ShuffleNetV2
{
    public static ModelProto Build(int size = 224)
    {
        var n = new NetworkBuilder(12);
        string x = n.MaxPool(n.ConvRelu(n.Input(1, 3, size, size), 24, 3, 2), 3, 2, 1);
        foreach (var (channels, count) in ((int, int)[])[(116, 4), (232, 8), (464, 4)])
        {
            int half = channels / 2;
            x = Shuffle(n.Concat(1, n.ConvRelu(Depthwise(x, 2), half, 1), n.ConvRelu(Depthwise(n.ConvRelu(x, half, 1), 2), half, 1)));
            for (int i = 1; i < count; i++)
            {
                string[] halves = n.Split(x, 1, half, half);
                x = Shuffle(n.Concat(1, halves[0], n.ConvRelu(Depthwise(n.ConvRelu(halves[1], half, 1), 1), half, 1)));
            }
        }
        return n.Build(n.Classify(n.ConvRelu(x, 1024, 1), 1000));

        string Depthwise(string v, int stride) => n.Conv(v, n.Shape(v)[1], 3, stride, n.Shape(v)[1]);

        string Shuffle(string v)
        {
            int[] s = n.Shape(v);
            return n.Reshape(n.Transpose(n.Reshape(v, s[0], 2, s[1] / 2, s[2], s[3]), 0, 2, 1, 3, 4), s);
        }
    }
}
