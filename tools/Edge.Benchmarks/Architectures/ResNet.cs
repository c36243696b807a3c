using Edge.Onnx;

namespace Edge.Benchmarks.Architectures;

/// <summary>He et al. 2016, as torchvision has it: strides in the 3×3 convolutions.</summary>
internal static class ResNet
{
    public static ModelProto ResNet18(int size = 224) => Build(18, size, [2, 2, 2, 2], expansion: 1);

    public static ModelProto ResNet50(int size = 224) => Build(50, size, [3, 4, 6, 3], expansion: 4);

    private static ModelProto Build(int seed, int size, int[] depths, int expansion)
    {
        var n = new NetworkBuilder(seed);
        string x = n.MaxPool(n.ConvRelu(n.Input(1, 3, size, size), 64, 7, 2), 3, 2, 1);
        for (int stage = 0; stage < 4; stage++)
            for (int block = 0; block < depths[stage]; block++)
                x = Block(n, x, 64 << stage, expansion, stage > 0 && block == 0 ? 2 : 1);
        return n.Build(n.Classify(x, 1000));
    }

    private static string Block(NetworkBuilder n, string x, int width, int expansion, int stride)
    {
        int to = width * expansion;
        string branch = expansion == 1
            ? n.Conv(n.ConvRelu(x, width, 3, stride), to, 3, gain: NetworkBuilder.BranchGain)
            : n.Conv(n.ConvRelu(n.ConvRelu(x, width, 1), width, 3, stride), to, 1, gain: NetworkBuilder.BranchGain);
        string shortcut = stride == 1 && n.Shape(x)[1] == to ? x : n.Conv(x, to, 1, stride);
        return n.Relu(n.Add(branch, shortcut));
    }
}
