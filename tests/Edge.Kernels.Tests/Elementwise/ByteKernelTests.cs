using Edge.Kernels.Elementwise;
using Edge.Kernels.Threading;
using Edge.Tensors;
using Xunit;

namespace Edge.Kernels.Tests.Elementwise;

public sealed unsafe class ByteKernelTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(129)]
    [InlineData(70_001)]
    public void A_lookup_gives_the_entry_of_every_byte(int count)
    {
        var random = new Random(count);
        Tensor table = Tensor.Create<byte>(new Shape(256)), x = Tensor.Create<byte>(new Shape(count)), y = Tensor.Create<byte>(new Shape(count));
        random.NextBytes(table.AsSpan<byte>());
        random.NextBytes(x.AsSpan<byte>());
        byte[] want = [.. x.AsSpan<byte>().ToArray().Select(b => table.AsSpan<byte>()[b])];
        foreach (var (name, kernels) in LaneSets.All)
        {
            y.AsSpan<byte>().Clear();
            kernels.Lookup.Run(table.Data, x.Data, y.Data, count, WorkerPool.Inline);
            Assert.True(want.AsSpan().SequenceEqual(y.AsSpan<byte>()), name);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void A_selection_takes_the_bytes_of_the_chosen_operand(int size)
    {
        var random = new Random(size);
        Shape y = new(3, 4, 5), c = new(4, 1), a = new(3, 1, 5), b = new(5);
        Tensor tc = Tensor.Create<byte>(c, [0, 1, 255, 0]);
        Tensor ta = Tensor.Create<byte>(new Shape(a.Count * size)), tb = Tensor.Create<byte>(new Shape(b.Count * size)), got = Tensor.Create<byte>(new Shape(y.Count * size));
        random.NextBytes(ta.AsSpan<byte>());
        random.NextBytes(tb.AsSpan<byte>());
        SelectKernel.Of(size).Run(tc.Data, ta.Data, tb.Data, got.Data, Broadcast.To(y, c, a, b), WorkerPool.Inline);
        for (int i = 0; i < y.Count; i++)
        {
            int k = i % 5, j = i / 5 % 4, n = i / 20;
            ReadOnlySpan<byte> want = j is 1 or 2 ? ta.Bytes.Slice((n * 5 + k) * size, size) : tb.Bytes.Slice(k * size, size);
            Assert.True(want.SequenceEqual(got.Bytes.Slice(i * size, size)));
        }
    }

    [Theory]
    [InlineData(2, 33, 1)]
    [InlineData(3, 5, 17)]
    [InlineData(1, 1, 1)]
    public void Scale_and_shift_belong_to_the_channel(int outer, int channels, int inner)
    {
        var random = new Random(7);
        Tensor x = RandomTensors.Create(DataType.Float32, new Shape(outer, channels, inner), random), y = Tensor.Create<float>(x.Shape);
        Tensor scale = RandomTensors.Create(DataType.Float32, new Shape(channels), random), shift = RandomTensors.Create(DataType.Float32, new Shape(channels), random);
        foreach (var (name, kernels) in LaneSets.All)
        {
            kernels.ScaleShift.Run((float*)x.Data, (float*)scale.Data, (float*)shift.Data, (float*)y.Data, outer, channels, inner, WorkerPool.Inline);
            for (int i = 0; i < x.Count; i++)
            {
                int c = i / inner % channels;
                float product = x.AsSpan<float>()[i] * scale.AsSpan<float>()[c];
                Assert.Equal(product + shift.AsSpan<float>()[c], y.AsSpan<float>()[i]);
            }
        }
    }

    [Theory]
    [InlineData(DataType.Int32)]
    [InlineData(DataType.Int64)]
    [InlineData(DataType.Int8)]
    [InlineData(DataType.Int16)]
    public void Functions_of_integers_wrap(DataType type)
    {
        Tensor x = Tensor.Create(type, new Shape(4)), y = Tensor.Create(type, new Shape(4));
        Int128 least = -((Int128)1 << (8 * type.Size() - 1));
        Int128[] values = [least, -3, 0, 5];
        for (int i = 0; i < 4; i++) RandomTensors.Set(x, i, values[i]);
        foreach (var (f, want) in new (UnaryFunction, Int128[])[] { (UnaryFunction.Abs, [least, 3, 0, 5]), (UnaryFunction.Neg, [least, 3, 0, -5]), (UnaryFunction.Sign, [-1, -1, 0, 1]), (UnaryFunction.Relu, [0, 0, 0, 5]) })
        {
            LaneSets.Scalar.Unary(f, type)!.Run(x.Data, y.Data, 4, WorkerPool.Inline);
            Assert.Equal(want, Enumerable.Range(0, 4).Select(i => RandomTensors.Get(y, i)));
        }
    }
}
