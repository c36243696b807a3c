using Edge.Kernels.Reduction;
using Edge.Kernels.Threading;
using Edge.Tensors;
using Xunit;

namespace Edge.Kernels.Tests.Reduction;

/// <summary>Every kernel set returns the bytes of the scalar one.</summary>
public unsafe class ReductionBitsTests
{
    private static readonly int[] Sizes = [1, 2, 3, 15, 16, 17, 31, 33, 64, 100, 257];

    private static Tensor Values(params int[] dims)
    {
        var random = new Random(dims.Sum());
        var t = Tensor.Create<float>(new Shape(dims));
        foreach (ref float v in t.AsSpan<float>()) v = random.NextSingle() * 20 - 10;
        if (t.Count > 40) t.AsSpan<float>()[37] = float.NaN;
        return t;
    }

    [Fact]
    public void Reductions_return_the_same_bytes_everywhere()
    {
        foreach (int n in Sizes)
        {
            foreach (var (x, axis) in ((Tensor, int)[])[(Values(3, n), 1), (Values(2, 7, n), 1), (Values(n, 5), 0)])
            {
                foreach (var function in Enum.GetValues<ReduceFunction>())
                {
                    var bytes = KernelCatalog.Available.Select(k => Reduce(k, function, x, axis)).ToArray();
                    Assert.All(bytes, b => Assert.Equal(bytes[^1], b));
                }
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Softmax_returns_the_same_bytes_everywhere(bool logarithm)
    {
        foreach (int n in Sizes)
        {
            foreach (int inner in (int[])[1, 2, 19])
            {
                var x = Values(2, n, inner);
                var bytes = KernelCatalog.Available.Select(k => Softmax(k, x, n, inner, logarithm)).ToArray();
                Assert.All(bytes, b => Assert.Equal(bytes[^1], b));
            }
        }
    }

    [Fact]
    public void Softmax_is_within_rounding_of_its_definition()
    {
        var x = Tensor.Create<float>(new Shape(1, 300, 1));
        for (int i = 0; i < 300; i++) x.AsSpan<float>()[i] = MathF.Sin(i) * 30;
        double sum = x.AsSpan<float>().ToArray().Sum(v => Math.Exp(v - 30.0));
        var y = new float[300];
        Softmax(KernelCatalog.Available[0], x, 300, 1, false).CopyTo(System.Runtime.InteropServices.MemoryMarshal.AsBytes(y.AsSpan()));
        for (int i = 0; i < 300; i++) Assert.Equal(Math.Exp(x.AsSpan<float>()[i] - 30.0) / sum, y[i], 1e-6);
    }

    private static byte[] Reduce(KernelSet kernels, ReduceFunction function, Tensor x, int axis)
    {
        var kernel = kernels.Reduction.Reduce(function, DataType.Float32, x.Shape, [axis])!;
        var y = Tensor.Create<float>(new Shape(x.Count / x.Shape[axis]));
        kernel.Run(x.Data, y.Data, WorkerPool.Inline);
        return y.Bytes.ToArray();
    }

    private static byte[] Softmax(KernelSet kernels, Tensor x, int n, int inner, bool logarithm)
    {
        var y = Tensor.Create<float>(x.Shape);
        kernels.Reduction.Softmax.Run((float*)x.Data, (float*)y.Data, x.Shape[0], n, inner, logarithm, WorkerPool.Inline);
        return y.Bytes.ToArray();
    }
}
