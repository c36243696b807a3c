using Edge.Kernels.Layout;
using Edge.Kernels.Threading;
using Edge.Tensors;
using Xunit;

namespace Edge.Kernels.Tests.Layout;

public unsafe class GatherRowsTests
{
    [Theory]
    [InlineData(1, 7, 1, 5, 1)]
    [InlineData(3, 7, 4, 1, 2)]
    [InlineData(2, 5, 8, 9, 1)]
    [InlineData(40, 11, 12, 300, 3)]
    [InlineData(2, 3, 2, 0, 1)]
    public void Rows_are_picked_from_either_end(int outer, int size, int rowBytes, int count, int threads)
    {
        Tensor x = StridedCopyTests.Numbered([outer, size, rowBytes], 1);
        Tensor y = Tensor.Create<byte>(new Shape(outer, count, rowBytes));
        Random random = new(1);
        int[] indices = [.. Enumerable.Range(0, count).Select(_ => random.Next(-size, size))];
        using WorkerPool pool = new(threads);
        fixed (int* p = indices) Assert.Equal(-1, new GatherRows(outer, size, rowBytes, count).Run(x.Data, p, y.Data, pool));
        for (int o = 0; o < outer; o++)
        {
            for (int i = 0; i < count; i++)
            {
                int from = o * size + (indices[i] + size) % size;
                Assert.True(x.Bytes.Slice(from * rowBytes, rowBytes).SequenceEqual(y.Bytes.Slice((o * count + i) * rowBytes, rowBytes)));
            }
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-4)]
    public void An_index_outside_is_told_before_anything_is_written(long bad)
    {
        Tensor x = StridedCopyTests.Numbered([3, 4], 1), y = Tensor.Create<byte>(new Shape(2, 4));
        long* indices = stackalloc long[] { 0, bad };
        Assert.Equal(1, new GatherRows(1, 3, 4, 2).Run(x.Data, indices, y.Data, WorkerPool.Inline));
        Assert.Equal(-1, y.Bytes.IndexOfAnyExcept((byte)0));
    }
}
