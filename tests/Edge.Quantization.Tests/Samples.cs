using Edge.Quantization.Calibration;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Tests;

/// <summary>Generated calibration samples.</summary>
internal static class Samples
{
    /// <summary>Values of a normal distribution for every float input; free dimensions are 1. The same ones for a seed.</summary>
    public static ICalibrationSource Normal(int count, int seed = 1, double mean = 0, double deviation = 1) =>
        new DelegateCalibrationSource($"{count} samples of N({mean}, {deviation})", count, inputs => Draw(inputs, count, seed, mean, deviation));

    public static Tensor NormalTensor(Shape shape, int seed, double mean = 0, double deviation = 1)
    {
        Tensor t = Tensor.Create<float>(shape);
        Fill(t, new Random(seed), mean, deviation);
        return t;
    }

    private static IEnumerable<IReadOnlyList<Tensor>> Draw(IReadOnlyList<TensorInfo> inputs, int count, int seed, double mean, double deviation)
    {
        var random = new Random(seed);
        Tensor[] tensors = [.. inputs.Select(i => Tensor.Create(i.Type, i.ShapeWith(1)))];
        for (int n = 0; n < count; n++)
        {
            foreach (Tensor t in tensors) Fill(t, random, mean, deviation);
            yield return tensors;
        }
    }

    private static void Fill(Tensor tensor, Random random, double mean, double deviation)
    {
        foreach (ref float v in tensor.AsSpan<float>())
            v = (float)(mean + (deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())));
    }
}
