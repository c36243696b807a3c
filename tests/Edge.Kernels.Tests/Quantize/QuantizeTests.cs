using CsCheck;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Quantize;
using Edge.Kernels.Tests.Elementwise;
using Edge.Kernels.Threading;
using Edge.Tensors;
using Xunit;

namespace Edge.Kernels.Tests.Quantize;

public sealed unsafe class QuantizeTests
{
    private static readonly Gen<(int Outer, int Channels, int Inner, int Seed)> s_layout = Gen.Select(
        Gen.Int[1, 4], Gen.OneOf(Gen.Const(1), Gen.Int[2, 90]), Gen.OneOf(Gen.Const(1), Gen.Int[2, 300]), Gen.Int);

    [Theory]
    [InlineData(DataType.UInt8)]
    [InlineData(DataType.Int8)]
    [InlineData(DataType.UInt16)]
    [InlineData(DataType.Int16)]
    public void Quantizing_divides_rounds_to_even_adds_the_zero_point_and_saturates(DataType type)
    {
        s_layout.Sample(
            c =>
            {
                var layout = new ChannelLayout(c.Outer, c.Channels, c.Inner);
                var random = new Random(c.Seed);
                var (low, high) = QuantizeKernels.Range(type);
                Tensor scale = Scales(c.Channels, random), zero = Tensor.Create<float>(new Shape(c.Channels)), x = Tensor.Create<float>(new Shape((int)layout.Count));
                foreach (ref float z in zero.AsSpan<float>()) z = random.Next(low, high + 1);
                for (int i = 0; i < x.Count; i++)
                {
                    float s = scale.AsSpan<float>()[i / c.Inner % c.Channels];
                    // Ties, values far outside, and others.
                    x.AsSpan<float>()[i] = random.Next(4) switch { 0 => s * (random.Next(-300, 300) + 0.5f), 1 => (float)(random.NextDouble() - 0.5) * 1e9f, _ => (float)(random.NextDouble() - 0.5) * 300 * s };
                }
                if (x.Count > 3) (x.AsSpan<float>()[0], x.AsSpan<float>()[1], x.AsSpan<float>()[2]) = (float.NaN, float.PositiveInfinity, float.NegativeInfinity);

                foreach (KernelSet set in KernelCatalog.Available)
                {
                    Tensor y = Tensor.Create(type, x.Shape);
                    set.Quantize.Quantize((float*)x.Data, y.Data, type, layout, (float*)scale.Data, (float*)zero.Data, WorkerPool.Inline);
                    for (int i = 0; i < x.Count; i++)
                    {
                        int ch = i / c.Inner % c.Channels;
                        Int128 want = Quantized(x.AsSpan<float>()[i], scale.AsSpan<float>()[ch], (int)zero.AsSpan<float>()[ch], low, high);
                        if (want != RandomTensors.Get(y, i)) Assert.Fail($"{set.Name}: {x.AsSpan<float>()[i]:R} becomes {RandomTensors.Get(y, i)} instead of {want}");
                    }
                }
            },
            iter: 60, threads: 1);
    }

    [Theory]
    [InlineData(DataType.UInt8)]
    [InlineData(DataType.Int8)]
    [InlineData(DataType.UInt16)]
    [InlineData(DataType.Int16)]
    [InlineData(DataType.Int32)]
    public void Dequantizing_takes_off_the_zero_point_and_multiplies_by_the_scale(DataType type)
    {
        s_layout.Sample(
            c =>
            {
                var layout = new ChannelLayout(c.Outer, c.Channels, c.Inner);
                var random = new Random(c.Seed);
                Tensor scale = Scales(c.Channels, random), zero = Tensor.Create<int>(new Shape(c.Channels)), x = Tensor.Create(type, new Shape((int)layout.Count));
                random.NextBytes(x.Bytes);
                foreach (ref int z in zero.AsSpan<int>()) z = type == DataType.Int32 ? 0 : random.Next(0, 128);
                foreach (KernelSet set in KernelCatalog.Available)
                {
                    Tensor y = Tensor.Create<float>(x.Shape);
                    set.Quantize.Dequantize(x.Data, type, (float*)y.Data, layout, (float*)scale.Data, (int*)zero.Data, WorkerPool.Inline);
                    for (int i = 0; i < x.Count; i++)
                    {
                        int ch = i / c.Inner % c.Channels;
                        Assert.Equal((float)((int)RandomTensors.Get(x, i) - zero.AsSpan<int>()[ch]) * scale.AsSpan<float>()[ch], y.AsSpan<float>()[i]);
                    }
                }
            },
            iter: 40, threads: 1);
    }

    [Theory]
    [InlineData(BinaryFunction.Add, DataType.UInt8)]
    [InlineData(BinaryFunction.Add, DataType.Int8)]
    [InlineData(BinaryFunction.Mul, DataType.UInt8)]
    [InlineData(BinaryFunction.Mul, DataType.Int8)]
    public void Integer_arithmetic_is_dequantize_operate_quantize(BinaryFunction f, DataType type)
    {
        (int[] A, int[] B)[] shapes = [([3, 5, 77], [3, 5, 77]), ([4, 300], [300]), ([4, 300], [4, 1]), ([1], [7]), ([50, 3], [3]), ([0], [1]), ([2, 1, 64], [9, 1])];
        var random = new Random(3);
        var (low, high) = QuantizeKernels.Range(type);
        foreach (var (da, db) in shapes)
        {
            Shape sa = new(da), sb = new(db);
            Assert.True(Broadcast.TryShape([sa, sb], out Shape sy));
            Tensor a = Tensor.Create(type, sa), b = Tensor.Create(type, sb);
            random.NextBytes(a.Bytes);
            random.NextBytes(b.Bytes);
            var p = new QuantizedBinaryParameters(new(0.031f, random.Next(low, high)), new(0.017f, random.Next(low, high)), new(0.043f, random.Next(low, high)));
            foreach (KernelSet set in KernelCatalog.Available)
            {
                Tensor y = Tensor.Create(type, sy);
                set.Quantize.Binary(f, type).Run(a.Data, b.Data, y.Data, Broadcast.To(sy, sa, sb), p, WorkerPool.Inline);
                for (int i = 0; i < sy.Count; i++)
                {
                    float x0 = ((int)RandomTensors.Get(a, Index(i, sy, sa)) - p.A.ZeroPoint) * p.A.Scale, x1 = ((int)RandomTensors.Get(b, Index(i, sy, sb)) - p.B.ZeroPoint) * p.B.Scale;
                    Int128 want = Quantized(f == BinaryFunction.Add ? x0 + x1 : x0 * x1, p.Y.Scale, p.Y.ZeroPoint, low, high);
                    if (want != RandomTensors.Get(y, i)) Assert.Fail($"{set.Name} {sa}, {sb}: element {i} is {RandomTensors.Get(y, i)} instead of {want}");
                }
            }
        }
    }

    private static int Quantized(float x, float scale, int zero, int low, int high)
    {
        if (float.IsNaN(x)) return low;
        float steps = MathF.Round(x / scale, MidpointRounding.ToEven);
        return (int)Math.Clamp((double)steps + zero, low, high);
    }

    private static Tensor Scales(int n, Random random)
    {
        Tensor t = Tensor.Create<float>(new Shape(n));
        foreach (ref float s in t.AsSpan<float>()) s = (float)Math.Pow(10, random.NextDouble() * 4 - 3);
        return t;
    }

    private static int Index(int i, Shape y, Shape x)
    {
        int index = 0, stride = 1;
        for (int a = y.Rank - 1; a >= 0; a--)
        {
            int at = i % y[a], axis = a - (y.Rank - x.Rank);
            i /= y[a];
            if (axis < 0) continue;
            if (x[axis] != 1) index += at * stride;
            stride *= x[axis];
        }
        return index;
    }
}
