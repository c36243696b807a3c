using Edge.Kernels.Layout;
using Edge.Kernels.Threading;
using Edge.Tensors;
using Xunit;

namespace Edge.Kernels.Tests.Layout;

public unsafe class AxisFilterTests
{
    [Theory]
    [InlineData(1, 5, 1, 7, 2, 1)]
    [InlineData(3, 5, 3, 9, 2, 2)]
    [InlineData(2, 9, 17, 4, 4, 1)]
    [InlineData(30, 9, 65, 12, 6, 3)]
    public void Each_output_is_the_sum_of_its_taps_in_order(int outer, int size, int inner, int output, int taps, int threads)
    {
        Random random = new(1);
        Tensor x = Tensor.Create<float>(new Shape(outer, size, inner)), y = Tensor.Create<float>(new Shape(outer, output, inner));
        foreach (ref float v in x.AsSpan<float>()) v = random.NextSingle();
        int[] indices = [.. Enumerable.Range(0, output * taps).Select(_ => random.Next(size))];
        float[] weights = [.. indices.Select(_ => random.NextSingle())];
        indices[taps] = -1;
        using WorkerPool pool = new(threads);
        new AxisFilter<float>(outer, size, inner, taps, indices, weights).Run((float*)x.Data, (float*)y.Data, 7, pool);
        for (int i = 0; i < y.Count; i++)
        {
            int column = i % inner, j = i / inner % output, o = i / (inner * output);
            float sum = 0;
            for (int t = 0; t < taps; t++)
            {
                float product = j == 1 ? 0 : x.AsSpan<float>()[(o * size + indices[j * taps + t]) * inner + column] * weights[j * taps + t];
                sum = t == 0 ? product : sum + product;
            }

            // The same bits: one multiplication and one addition at a time.
            Assert.Equal(j == 1 ? 7 : sum, y.AsSpan<float>()[i]);
        }
    }
}
