using Edge.Kernels.Dense;
using Edge.Kernels.Threading;
using Edge.Tensors;
using Xunit;

namespace Edge.Kernels.Tests.Dense;

/// <summary>Nothing is read or written past the end of a buffer, except the slack that int8 inputs are promised to have.</summary>
public sealed unsafe class MemoryAccessTests
{
    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Float32_convolutions_stay_inside_their_buffers(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        foreach (ConvGeometry g in Geometries.Listed())
        {
            using var x = new GuardPages((nint)g.Batch * g.InHeight * g.InWidth * g.InChannels * sizeof(float));
            using var y = new GuardPages((nint)g.Batch * g.OutHeight * g.OutWidth * g.OutChannels * sizeof(float));
            using PreparedConvF32 conv = dense.PrepareConvF32(g, new float[Weights(g)], [], Activation.None);
            using var scratch = new GuardPages(conv.ScratchBytes);
            conv.Run((float*)x.Data, (float*)y.Data, (float*)y.Data, scratch.Data, WorkerPool.Inline);
        }
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Int8_convolutions_read_no_further_than_the_slack(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        foreach (ConvGeometry g in Geometries.Listed())
            foreach (int zeroPoint in (int[])[0, 3])
            {
                using var x = new GuardPages((nint)g.Batch * g.InHeight * g.InWidth * g.InChannels + Tensor.Slack);
                using var y = new GuardPages((nint)g.Batch * g.OutHeight * g.OutWidth * g.OutChannels);
                using PreparedConvInt8 conv = dense.PrepareConvInt8(g, new Int8Weights(new byte[Weights(g)], true, [zeroPoint]), [], false, 7, new Int8Output(Int8OutputKind.UInt8, [0.1f], 0, 0, 255));
                using var scratch = new GuardPages(conv.ScratchBytes);
                conv.Run(x.Data, y.Data, scratch.Data, WorkerPool.Inline);
            }
    }

    [Theory]
    [MemberData(nameof(KernelSets.All), MemberType = typeof(KernelSets))]
    public void Matrix_products_stay_inside_their_buffers(string isa)
    {
        DenseKernels dense = KernelSets.Require(isa);
        foreach (int size in (int[])[1, 3, 7, 17, 33])
            foreach (bool transposed in (bool[])[false, true])
            {
                using var a = new GuardPages(size * size * sizeof(float));
                using var b = new GuardPages(size * size * sizeof(float));
                using var c = new GuardPages(size * size * sizeof(float));
                using var scratch = new GuardPages(dense.MatMulF32ScratchBytes(size, size, size));
                dense.MatMulF32(size, size, size, (float*)a.Data, size, (float*)b.Data, size, transposed, (float*)c.Data, size, scratch.Data, WorkerPool.Inline);
            }
    }

    [Fact]
    public void Weights_or_biases_of_the_wrong_number_are_refused()
    {
        ConvGeometry g = ConvGeometry.MatMul(2, 3, 4);
        foreach (KernelSet set in KernelCatalog.Available)
        {
            var e = Assert.Throws<ArgumentException>(() => set.Dense.PrepareConvF32(g, new float[11], [], Activation.None));
            Assert.Equal("11 weights for a convolution that has 12", e.Message);
            e = Assert.Throws<ArgumentException>(() => set.Dense.PrepareConvF32(g, new float[12], new float[5], Activation.None));
            Assert.Equal("5 biases for 4 output channels", e.Message);
            Assert.Throws<ArgumentException>(() => set.Dense.PrepareConvInt8(g, new Int8Weights(new byte[13], true, []), [], false, 0, new Int8Output(Int8OutputKind.Int32, [], 0, 0, 0)));
        }
    }

    private static int Weights(in ConvGeometry g) => g.OutChannels * g.InChannelsPerGroup * g.KernelHeight * g.KernelWidth;
}
