using Edge.Kernels.SelfTest;
using Edge.Kernels.Threading;
using Xunit;

namespace Edge.Kernels.Tests.Quantize;

public unsafe class AccumulatorScaleTests
{
    [Theory]
    [InlineData(false, float.NegativeInfinity, float.PositiveInfinity)]
    [InlineData(true, float.NegativeInfinity, float.PositiveInfinity)]
    [InlineData(true, 0, float.PositiveInfinity)]
    [InlineData(false, -3, 6)]
    public void Accumulators_are_scaled_where_they_are(bool hasBias, float low, float high)
    {
        using WorkerPool pool = new(2);
        var random = new Random(1);
        foreach (KernelSet kernels in KernelCatalog.Available)
            foreach (int columns in (int[])[1, 3, 4, 7, 8, 15, 16, 17, 24, 31, 33, 64, 100])
                foreach (int rows in (int[])[1, 2, 5, 3000])
                {
                    float[] scale = [.. Enumerable.Range(0, columns).Select(_ => random.NextSingle() * 1e-3f)], bias = [.. Enumerable.Range(0, columns).Select(_ => random.NextSingle() - 0.5f)];
                    using GuardedMemory y = new((nint)rows * columns * sizeof(float));
                    var expected = new float[rows * columns];
                    for (int i = 0; i < expected.Length; i++)
                    {
                        int acc = random.Next(-100_000, 100_000);
                        ((int*)y.Data)[i] = acc;
                        float v = acc * scale[i % columns];
                        if (hasBias) v += bias[i % columns];
                        expected[i] = MathF.Min(high, MathF.Max(low, v));
                    }

                    fixed (float* s = scale, b = bias) kernels.Quantize.ScaleAccumulators((int*)y.Data, (float*)y.Data, rows, columns, s, hasBias ? b : null, low, high, pool);
                    Assert.True(y.Floats.SequenceEqual(expected), $"{kernels.Name}, {rows} × {columns}");
                    Assert.True(y.IsIntact);
                }
    }
}
