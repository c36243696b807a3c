using Edge.Kernels.Dense;

namespace Edge.Benchmarks.Kernels;

/// <summary>A layer as networks have it.</summary>
/// <param name="Name">How the table calls it.</param>
/// <param name="Geometry">Its shape.</param>
internal sealed record KernelShape(string Name, ConvGeometry Geometry)
{
    /// <summary>
    /// What must follow so that the output is an input again, for chains of layers; null where nothing of the kind does.
    /// </summary>
    public ConvGeometry? Return => Geometry switch
    {
        { StrideHeight: not 1 } => null,
        _ when Geometry.InChannels == Geometry.OutChannels => Geometry,
        { OutHeight: 1 } => null,
        _ => Geometry with { InChannels = Geometry.OutChannels, OutChannels = Geometry.InChannels },
    };

    public static IReadOnlyList<KernelShape> All { get; } =
    [
        Square("1x1 56² 64", 56, 64, 64, 1),
        Square("1x1 56² 24-144", 56, 24, 144, 1),
        Square("1x1 28² 32-192", 28, 32, 192, 1),
        Square("1x1 14² 512", 14, 512, 512, 1),
        Square("1x1 14² 1024-256", 14, 1024, 256, 1),
        Square("1x1 7² 160-960", 7, 160, 960, 1),
        Square("1x1 7² 2048-512", 7, 2048, 512, 1),
        Square("1x1/2 14² 1024-2048", 14, 1024, 2048, 1, stride: 2),
        Square("3x3 56² 64", 56, 64, 64, 3),
        Square("3x3 28² 128", 28, 128, 128, 3),
        Square("3x3 14² 256", 14, 256, 256, 3),
        Square("3x3 7² 512", 7, 512, 512, 3),
        Square("3x3 208² 12-16", 208, 12, 16, 3),
        Square("3x3 80² 16", 80, 16, 16, 3),
        Square("3x3 64² 24-48", 64, 24, 48, 3),
        Square("3x3 52² 64", 52, 64, 64, 3),
        Square("3x3 32² 16", 32, 16, 16, 3),
        Square("3x3 16² 32", 16, 32, 32, 3),
        Square("3x3 8² 64", 8, 64, 64, 3),
        Square("3x3 26² 32", 26, 32, 32, 3),
        Square("3x3 26² 8-32", 26, 8, 32, 3),
        Square("3x3/2 224² 3-32", 224, 3, 32, 3, stride: 2),
        Square("3x3/2 14² 512", 14, 512, 512, 3, stride: 2),
        Square("7x7/2 224² 3-64", 224, 3, 64, 7, stride: 2),
        Square("dw3x3 112² 32", 112, 32, 32, 3, group: 32),
        Square("dw3x3/2 112² 96", 112, 96, 96, 3, stride: 2, group: 96),
        Square("dw3x3 56² 144", 56, 144, 144, 3, group: 144),
        Square("dw3x3 28² 192", 28, 192, 192, 3, group: 192),
        Square("dw3x3 14² 576", 14, 576, 576, 3, group: 576),
        Square("dw3x3 7² 960", 7, 960, 960, 3, group: 960),
        Square("dw3x3/2 56² 144", 56, 144, 144, 3, stride: 2, group: 144),
        Square("dw3x3 80² 16", 80, 16, 16, 3, group: 16),
        Square("dw3x3 48² 24", 48, 24, 24, 3, group: 24),
        Square("dw3x3 48² 8", 48, 8, 8, 3, group: 8),
        Square("dw3x3 5² 64", 5, 64, 64, 3, group: 64),
        Square("dw5x5 14² 480", 14, 480, 480, 5, group: 480),
        Square("dw5x5/2 28² 120", 28, 120, 120, 5, stride: 2, group: 120),
        Square("dw7x7 14² 384", 14, 384, 384, 7, group: 384),
        new("dense 1280-1000", ConvGeometry.MatMul(1, 1280, 1000)),
    ];

    private static KernelShape Square(string name, int size, int inChannels, int outChannels, int kernel, int stride = 1, int group = 1)
    {
        int pad = kernel / 2, output = (size + 2 * pad - kernel) / stride + 1;
        return new(name, new ConvGeometry(1, size, size, inChannels, output, output, outChannels, kernel, kernel, stride, stride, 1, 1, pad, pad, group));
    }
}
