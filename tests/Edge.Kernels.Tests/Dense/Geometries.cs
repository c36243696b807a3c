using CsCheck;
using Edge.Kernels.Dense;

namespace Edge.Kernels.Tests.Dense;

/// <summary>Convolutions whose sizes lie at, just below and just above those that kernels like.</summary>
internal static class Geometries
{
    private static readonly int[] s_sizes = [1, 3, 5, 7, 13, 17, 31, 33, 65];

    /// <summary>One of each kind.</summary>
    public static IEnumerable<ConvGeometry> Listed()
    {
        foreach (int size in s_sizes)
        {
            yield return ConvGeometry.MatMul(size, size, size);
            yield return ConvGeometry.MatMul(1, size, 65);
            yield return ConvGeometry.MatMul(13, 65, size);
            yield return Square(5, size, 7, 3, pad: 1);
            yield return Square(6, 4, size, 3, pad: 1, stride: 2);
            yield return Depthwise(7, size, 3, pad: 1);
            yield return Depthwise(9, size, 3, pad: 1, stride: 2);
            yield return Depthwise(8, size, 5, pad: 2);
        }
        foreach (int channels in (int[])[8, 16, 24, 27, 32, 64, 80, 120, 203])
            foreach (int kernel in (int[])[3, 5, 7])
            {
                yield return Depthwise(7, channels, kernel, pad: kernel / 2);
                yield return Depthwise(18, channels, kernel, pad: kernel / 2, stride: 2);
                yield return Depthwise(13, channels, kernel, pad: kernel - 1, dilation: 2);
            }
        yield return Square(11, 3, 16, 3, pad: 1, stride: 2);
        yield return Square(12, 3, 33, 7, pad: 3, stride: 2);
        yield return Square(13, 16, 24, 5, pad: 2, stride: 3);
        yield return Square(9, 20, 20, 3, pad: 2, dilation: 2);
        yield return Square(9, 12, 24, 3, pad: 1, group: 3);
        yield return Square(9, 35, 49, 3, pad: 1, group: 7);
        yield return Square(2, 5, 6, 5, pad: 2);
        yield return Square(3, 70, 9, 3, pad: 1);
        yield return Square(14, 64, 64, 3, pad: 1);
        yield return Square(3, 5, 6, 3);
        yield return Depthwise(9, 24, 3, pad: 2, dilation: 2);
        yield return Depthwise(10, 20, 3, pad: 1, stride: 3);
        yield return Depthwise(4, 18, 7, pad: 3);
        yield return Depthwise(9, 16, 3, pad: 0);
        yield return Depthwise(9, 32, 3, pad: 0, stride: 2);
        yield return Depthwise(7, 12, 3, pad: 1, multiplier: 2);
        yield return Depthwise(7, 5, 5, pad: 2, stride: 2, multiplier: 3);
        yield return new ConvGeometry(3, 4, 6, 10, 4, 6, 18, 3, 3, 1, 1, 1, 1, 1, 1);
        yield return new ConvGeometry(2, 7, 5, 6, 3, 6, 8, 4, 2, 2, 1, 1, 1, 0, 1);
        yield return new ConvGeometry(1, 6, 9, 3, 4, 5, 8, 3, 5, 1, 2, 1, 1, 0, 3);
        // Patches, whose kernel rows lie in the picture as they are; some of the second picture is in none of them.
        yield return new ConvGeometry(1, 32, 48, 3, 2, 3, 20, 16, 16, 16, 16);
        yield return new ConvGeometry(2, 34, 50, 3, 2, 3, 33, 16, 16, 16, 16);
        yield return new ConvGeometry(1, 1, 40, 1, 1, 9, 12, 1, 16, 1, 4, 1, 1, 0, 4);
        yield return new ConvGeometry(2, 5, 8, 16, 5, 7, 16, 1, 2, 1, 1, 1, 1, 0, 0, 16);
        yield return new ConvGeometry(1, 3, 4, 9, 6, 6, 9, 3, 3, 1, 1, 1, 1, 3, 2, 9);
        yield return new ConvGeometry(0, 5, 5, 3, 5, 5, 4, 3, 3, 1, 1, 1, 1, 1, 1);
        yield return ConvGeometry.MatMul(0, 5, 7);
        yield return ConvGeometry.MatMul(300, 24, 40);
    }

    /// <summary>Any convolution of small size.</summary>
    public static readonly Gen<ConvGeometry> Random =
        from batch in Gen.Int[1, 2]
        from height in Gen.Int[1, 9]
        from width in Gen.Int[1, 14]
        from groups in Gen.OneOf(1, 1, 1, 2, 3, 8)
        from inPerGroup in Gen.Frequency((3, Gen.Int[1, 9]), (1, Gen.Int[10, 70]), (2, Gen.Const(1)))
        from outPerGroup in Gen.Frequency((3, Gen.Int[1, 9]), (1, Gen.Int[10, 70]), (2, Gen.Const(1)))
        from kernel in Gen.Select(Gen.Int[1, 5], Gen.Int[1, 5])
        from stride in Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3])
        from dilation in Gen.Select(Gen.OneOf(1, 1, 2), Gen.OneOf(1, 1, 2))
        from pad in Gen.Select(Gen.Int[0, 4], Gen.Int[0, 4])
        from output in Gen.Select(Gen.Int[1, 7], Gen.Int[1, 13])
        select new ConvGeometry(batch, height, width, groups * inPerGroup, output.Item1, output.Item2, groups * outPerGroup,
            kernel.Item1, kernel.Item2, stride.Item1, stride.Item2, dilation.Item1, dilation.Item2, pad.Item1, pad.Item2, groups);

    public static ConvGeometry Square(int size, int inChannels, int outChannels, int kernel, int pad = 0, int stride = 1, int dilation = 1, int group = 1)
    {
        int output = (size + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1;
        return new(1, size, size, inChannels, output, output, outChannels, kernel, kernel, stride, stride, dilation, dilation, pad, pad, group);
    }

    private static ConvGeometry Depthwise(int size, int channels, int kernel, int pad, int stride = 1, int dilation = 1, int multiplier = 1) =>
        Square(size, channels, channels * multiplier, kernel, pad, stride, dilation, channels);
}
