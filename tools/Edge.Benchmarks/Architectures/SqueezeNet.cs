using Edge.Onnx;

namespace Edge.Benchmarks.Architectures;

/// <summary>Iandola et al. 2016, version 1.1: fire modules whose halves are concatenated.</summary>
internal static class SqueezeNet
{
    public static ModelProto Build(int size = 224)
    {
        var n = new NetworkBuilder(11);
        string x = n.MaxPool(n.ConvRelu(n.Input(1, 3, size, size), 64, 3, 2, pad: 0), 3, 2, ceiling: true);
        x = n.MaxPool(Fire(Fire(x, 16, 64), 16, 64), 3, 2, ceiling: true);
        x = n.MaxPool(Fire(Fire(x, 32, 128), 32, 128), 3, 2, ceiling: true);
        x = Fire(Fire(Fire(Fire(x, 48, 192), 48, 192), 64, 256), 64, 256);
        return n.Build(n.Flatten(n.GlobalAveragePool(n.ConvRelu(x, 1000, 1))));

        string Fire(string v, int squeeze, int expand)
        {
            string s = n.ConvRelu(v, squeeze, 1);
            return n.Concat(1, n.ConvRelu(s, expand, 1), n.ConvRelu(s, expand, 3));
        }
    }
}
