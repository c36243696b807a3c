using CsCheck;
using Edge.Kernels.Pooling;
using Edge.Kernels.Quantize;
using Edge.Kernels.Tests.Elementwise;
using Edge.Kernels.Threading;
using Edge.Tensors;
using Xunit;

namespace Edge.Kernels.Tests.Pooling;

/// <summary>Every kernel set against windows gathered one element at a time.</summary>
public sealed unsafe class PoolTests
{
    private static readonly Gen<PoolAxis> s_axis =
        from input in Gen.Int[1, 9]
        from kernel in Gen.Int[1, 4]
        from stride in Gen.Int[1, 3]
        from dilation in Gen.Int[1, 3]
        from before in Gen.Int[0, 3]
        from after in Gen.Int[0, 3]
        let room = input + before + after - ((kernel - 1) * dilation + 1)
        where room >= 0
        // One window more than fits, as ceil_mode may ask for.
        from more in Gen.Int[0, 1]
        select new PoolAxis(input, room / stride + 1 + more, kernel, stride, dilation, before, after);

    private static readonly Gen<(PoolGeometry G, int Seed)> s_case =
        from depth in Gen.OneOf(Gen.Const(PoolAxis.None), s_axis)
        from height in s_axis
        from width in s_axis
        from batch in Gen.Int[1, 2]
        from channels in Gen.OneOf(Gen.Int[1, 9], Gen.Int[10, 150])
        from seed in Gen.Int
        select (new PoolGeometry(batch, depth, height, width, channels), seed);

    [Theory]
    [InlineData(PoolFunction.Max)]
    [InlineData(PoolFunction.Average)]
    [InlineData(PoolFunction.AverageWithPadding)]
    [InlineData(PoolFunction.Sum)]
    public void Floats_are_reduced_row_by_row(PoolFunction function)
    {
        using var pool = new WorkerPool(2);
        s_case.Sample(
            c =>
            {
                Tensor x = RandomTensors.Create(DataType.Float32, new Shape((int)c.G.InputCount), new Random(c.Seed)), y = Tensor.Create<float>(new Shape((int)c.G.OutputCount));
                foreach (KernelSet set in KernelCatalog.Available)
                {
                    PoolKernel kernel = set.Pooling.Float(function, c.G);
                    kernel.Run(x.Data, y.Data, pool);
                    ForEachOutput(c.G, (index, window, padded) =>
                    {
                        float want = function == PoolFunction.Max ? window.SelectMany(r => r).Select(i => x.AsSpan<float>()[i]).DefaultIfEmpty(float.NegativeInfinity).Max() : Average(function, window, x, padded);
                        if (!want.Equals(y.AsSpan<float>()[index])) Assert.Fail($"{kernel.Name}, {c.G}: element {index} is {y.AsSpan<float>()[index]:R} instead of {want:R}");
                    });
                }
            },
            iter: 15, threads: 1);
    }

    [Theory]
    [InlineData(DataType.UInt8)]
    [InlineData(DataType.Int8)]
    public void Maxima_of_bytes_are_exact(DataType type)
    {
        s_case.Sample(
            c =>
            {
                Tensor x = Tensor.Create(type, new Shape((int)c.G.InputCount)), y = Tensor.Create(type, new Shape((int)c.G.OutputCount));
                new Random(c.Seed).NextBytes(x.Bytes);
                foreach (KernelSet set in KernelCatalog.Available)
                {
                    set.Pooling.MaxOfBytes(type, c.G).Run(x.Data, y.Data, WorkerPool.Inline);
                    ForEachOutput(c.G, (index, window, _) =>
                        Assert.Equal(window.SelectMany(r => r).Select(i => (int)RandomTensors.Get(x, i)).DefaultIfEmpty(QuantizeKernels.Range(type).Low).Max(), (int)RandomTensors.Get(y, index)));
                }
            },
            iter: 10, threads: 1);
    }

    /// <summary>Lines of more columns than a buffer holds, of more channels; windows wider than it; channels that threads divide.</summary>
    public static TheoryData<PoolGeometry> LargeShapes() =>
    [
        new PoolGeometry(1, PoolAxis.None, new(7, 3, 3, 2), new(700, 351, 3, 2, 1, 1, 1), 40),
        new PoolGeometry(1, PoolAxis.None, new(5, 5, 3, 1, 1, 1, 1), new(130, 130, 5, 1, 1, 2, 2), 150),
        new PoolGeometry(2, PoolAxis.None, PoolAxis.Whole(3), PoolAxis.Whole(220), 200),
        new PoolGeometry(1, new(3, 2, 2), new(3, 2, 2), new(70_000, 3, 66_000, 2000), 3),
        new PoolGeometry(1, PoolAxis.None, PoolAxis.None, new(90_000, 2, 80_000, 10_000), 2),
        new PoolGeometry(1, PoolAxis.None, PoolAxis.Whole(40), PoolAxis.Whole(40), 130),
    ];

    [Theory]
    [MemberData(nameof(LargeShapes))]
    public void Large_shapes_have_the_same_bits_on_every_set(PoolGeometry g)
    {
        using var pool = new WorkerPool(3);
        var random = new Random(5);
        Tensor x = RandomTensors.Create(DataType.Float32, new Shape((int)g.InputCount), random);
        // Equal elements that differ in their bits.
        foreach (ref float v in x.AsSpan<float>()) if (random.Next(3) == 0) v = random.Next(2) == 0 ? 0f : -0f;
        Tensor bytes = Tensor.Create(DataType.Int8, new Shape((int)g.InputCount));
        random.NextBytes(bytes.Bytes);
        Tensor y = Tensor.Create<float>(new Shape((int)g.OutputCount)), alone = Tensor.Create<float>(y.Shape), z = Tensor.Create(DataType.Int8, y.Shape);
        byte[]? expected = null;
        foreach (KernelSet set in KernelCatalog.Available)
        {
            PoolKernel kernel = set.Pooling.Float(PoolFunction.Max, g);
            kernel.Run(x.Data, y.Data, pool);
            kernel.Run(x.Data, alone.Data, WorkerPool.Inline);
            expected ??= y.Bytes.ToArray();
            Assert.True(expected.AsSpan().SequenceEqual(y.Bytes) && expected.AsSpan().SequenceEqual(alone.Bytes), kernel.Name);
            set.Pooling.MaxOfBytes(DataType.Int8, g).Run(bytes.Data, z.Data, pool);
            ForEachOutput(g, (index, window, _) =>
            {
                if (index % 97 != 0) return;
                Assert.Equal(window.SelectMany(r => r).Max(i => x.AsSpan<float>()[i]), y.AsSpan<float>()[index]);
                Assert.Equal(window.SelectMany(r => r).Max(i => bytes.AsSpan<sbyte>()[i]), z.AsSpan<sbyte>()[index]);
            });
        }
    }

    [Theory]
    [InlineData(DataType.UInt8, PoolFunction.Average)]
    [InlineData(DataType.Int8, PoolFunction.Average)]
    [InlineData(DataType.UInt8, PoolFunction.AverageWithPadding)]
    public void Averages_of_bytes_follow_their_definition(DataType type, PoolFunction function)
    {
        QuantizationParameters input = new(0.043f, 11), output = new(0.029f, 5);
        var (low, high) = QuantizeKernels.Range(type);
        s_case.Sample(
            c =>
            {
                Tensor x = Tensor.Create(type, new Shape((int)c.G.InputCount)), y = Tensor.Create(type, new Shape((int)c.G.OutputCount));
                new Random(c.Seed).NextBytes(x.Bytes);
                foreach (KernelSet set in KernelCatalog.Available)
                {
                    set.Pooling.AverageOfBytes(type, function, c.G).Run(x.Data, y.Data, input, output, WorkerPool.Inline);
                    ForEachOutput(c.G, (index, window, padded) =>
                    {
                        int[] taps = [.. window.SelectMany(r => r)];
                        int sum = taps.Sum(i => (int)RandomTensors.Get(x, i) - input.ZeroPoint);
                        float factor = input.Scale / Math.Max(1, function == PoolFunction.Average ? taps.Length : padded);
                        float real = (float)sum * factor;
                        int want = (int)Math.Clamp(MathF.Round(real / output.Scale, MidpointRounding.ToEven) + output.ZeroPoint, low, high);
                        if (want != (int)RandomTensors.Get(y, index)) Assert.Fail($"{set.Name}, {c.G}: element {index} is {RandomTensors.Get(y, index)} instead of {want}");
                    });
                }
            },
            iter: 10, threads: 1);
    }

    private static float Average(PoolFunction function, List<List<int>> window, Tensor x, int padded)
    {
        float sum = 0;
        foreach (List<int> row in window)
        {
            float r = 0;
            foreach (int i in row) r += x.AsSpan<float>()[i];
            sum += r;
        }
        return sum / Math.Max(1, function switch { PoolFunction.Sum => 1, PoolFunction.Average => window.Sum(r => r.Count), _ => padded });
    }

    /// <summary>For each output: its index, the input indices of its window row by row, and its taps on input and padding.</summary>
    private static void ForEachOutput(PoolGeometry g, Action<int, List<List<int>>, int> check)
    {
        int index = 0;
        for (int n = 0; n < g.Batch; n++)
            for (int d = 0; d < g.Depth.Output; d++)
                for (int h = 0; h < g.Height.Output; h++)
                    for (int w = 0; w < g.Width.Output; w++)
                        for (int c = 0; c < g.Channels; c++, index++)
                        {
                            List<List<int>> rows = [];
                            foreach (int id in Taps(g.Depth, d))
                                foreach (int ih in Taps(g.Height, h))
                                    rows.Add([.. Taps(g.Width, w).Select(iw => (((n * g.Depth.Input + id) * g.Height.Input + ih) * g.Width.Input + iw) * g.Channels + c)]);
                            check(index, rows, Padded(g.Depth, d) * Padded(g.Height, h) * Padded(g.Width, w));
                        }
    }

    private static IEnumerable<int> All(PoolAxis a, int output) => Enumerable.Range(0, a.Kernel).Select(k => output * a.Stride - a.PadBefore + k * a.Dilation);

    private static IEnumerable<int> Taps(PoolAxis a, int output) => All(a, output).Where(i => i >= 0 && i < a.Input);

    private static int Padded(PoolAxis a, int output) => All(a, output).Count(i => i < a.Input + a.PadAfter);
}
