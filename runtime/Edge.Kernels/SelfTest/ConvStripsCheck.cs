using Edge.Kernels.Dense;
using Edge.Kernels.Threading;

namespace Edge.Kernels.SelfTest;

/// <summary>A depthwise convolution and its neighbours.</summary>
/// <param name="Depthwise">Its shape.</param>
/// <param name="Before">Input channels of the pointwise one before it; 0 for none.</param>
/// <param name="After">Output channels of the pointwise one after it; 0 for none.</param>
/// <param name="Activation">Of all three, in float32.</param>
/// <param name="Residual">Whether there is one, in float32, if there is a convolution after it.</param>
internal readonly record struct ConvStripsCase(ConvGeometry Depthwise, int Before, int After, Activation Activation, bool Residual);

/// <summary>Compares convolutions in strips with the same ones, one after another: integers byte for byte, float32 within rounding, and any number of threads with one.</summary>
internal static unsafe class ConvStripsCheck
{
    /// <summary>Bytes of scratch that there are beyond what is needed.</summary>
    private const int MoreScratch = 5000;

    /// <summary>Null if they agree, else what is wrong.</summary>
    public static string? Compare(DenseKernels dense, in ConvStripsCase c, bool int8, bool signed, WorkerPool pool, int seed)
    {
        ConvGeometry g = c.Depthwise;
        int element = int8 ? 1 : sizeof(float), outChannels = c.After > 0 ? c.After : g.OutChannels;
        nint inputs = (nint)g.Batch * g.InHeight * g.InWidth, outputs = (nint)g.Batch * g.OutHeight * g.OutWidth;
        var random = new Random(seed);
        using GuardedMemory x = Elements(random, inputs * (c.Before > 0 ? c.Before : g.InChannels), int8);
        using GuardedMemory residual = Elements(random, outputs * outChannels, int8);
        using var handed = new GuardedMemory(inputs * g.InChannels * element);
        using var handedOn = new GuardedMemory(outputs * g.OutChannels * element);
        using var expected = new GuardedMemory(outputs * outChannels * element);

        var pointwise = new ConvGeometry(g.Batch, g.InHeight, g.InWidth, c.Before, g.InHeight, g.InWidth, g.InChannels);
        var last = new ConvGeometry(g.Batch, g.OutHeight, g.OutWidth, g.OutChannels, g.OutHeight, g.OutWidth, c.After);
        Stage? first = c.Before > 0 ? new Stage(dense, pointwise, c.Activation, int8, signed, random) : null;
        var middle = new Stage(dense, g, c.Activation, int8, signed, random);
        Stage? third = c.After > 0 ? new Stage(dense, last, c.Activation, int8, signed, random) : null;
        byte* added = c.Residual && c.After > 0 && !int8 ? residual.Data : null;

        byte* at = x.Data;
        if (first is not null) at = Run(first.Prepare(pointwise), at, null, handed.Data);
        at = Run(middle.Prepare(g), at, null, third is null ? expected.Data : handedOn.Data);
        if (third is not null) Run(third.Prepare(last), at, added, expected.Data);

        StripPlan plan = StripPlan.TryMake(g, element, pool.Threads) ?? throw new InvalidOperationException($"{g} has no strips");
        using var strips = new ConvStrips(
            first?.Prepare(pointwise), c.Before, middle.Prepare(plan.Geometry(g)), third?.Prepare(last), outChannels * element, g, plan, element, int8 ? (byte)middle.ZeroPoint : (byte)0, pool.Threads);
        using var actual = new GuardedMemory(expected.ByteLength);
        string? difference = Compare(strips, x, added, expected, actual, c, int8, WorkerPool.Inline);
        if (difference is not null) return difference;
        byte[] alone = actual.Bytes.ToArray();
        strips.SpreadScratch(strips.ScratchBytes + MoreScratch);
        difference = Compare(strips, x, added, expected, actual, c, int8, pool);
        if (difference is not null) return difference;
        if (!actual.Bytes.SequenceEqual(alone)) return $"{strips.KernelName} has other bits on {pool.Threads} threads for {c}";
        if (!strips.TakesRanges) return null;
        RunRanges(strips, x, added, actual, g.Pixels);
        return actual.IsIntact && actual.Bytes.SequenceEqual(alone) ? null : $"{strips.KernelName} has other bits by ranges for {c}";
    }

    /// <summary>One strip after two, from the last one to the first.</summary>
    private static void RunRanges(ConvStrips strips, GuardedMemory x, byte* residual, GuardedMemory actual, nint pixels)
    {
        using var scratch = new GuardedMemory(strips.RangeScratchBytes);
        actual.Bytes.Clear();
        nint all = (pixels + strips.RangeGranule - 1) / strips.RangeGranule;
        for (nint end = all, first; end > 0; end = first)
        {
            first = nint.Max(end - 1 - end % 2, 0);
            nint from = first * strips.RangeGranule;
            strips.RunRange(x.Data, residual, actual.Data, from, nint.Min(end * strips.RangeGranule, pixels) - from, scratch.Data);
        }
    }

    private static string? Compare(ConvStrips strips, GuardedMemory x, byte* residual, GuardedMemory expected, GuardedMemory actual, in ConvStripsCase c, bool int8, WorkerPool pool)
    {
        using var scratch = new GuardedMemory(strips.ScratchBytes + MoreScratch);
        actual.Bytes.Clear();
        strips.Run(x.Data, residual, actual.Data, scratch.Data, pool);
        if (!actual.IsIntact || !scratch.IsIntact || !x.IsIntact) return $"{strips.KernelName} wrote outside its buffers for {c}";
        if (int8)
        {
            int equal = expected.Bytes.CommonPrefixLength(actual.Bytes);
            return equal == expected.Bytes.Length ? null : $"{strips.KernelName}: byte {equal} is {actual.Bytes[equal]}, not {expected.Bytes[equal]} for {c}";
        }

        string? difference = ConvF32Check.Difference(expected.Floats, actual.Floats, c.Before + c.After + c.Depthwise.KernelHeight * c.Depthwise.KernelWidth);
        return difference is null ? null : $"{strips.KernelName}: {difference} for {c}";
    }

    private static byte* Run(PreparedConv conv, byte* x, byte* residual, byte* y)
    {
        using (conv)
        {
            using var scratch = new GuardedMemory(conv.ScratchBytes);
            if (conv is PreparedConvInt8 int8) int8.Run(x, y, scratch.Data, WorkerPool.Inline);
            else ((PreparedConvF32)conv).Run((float*)x, (float*)residual, (float*)y, scratch.Data, WorkerPool.Inline);
        }

        return y;
    }

    private static GuardedMemory Elements(Random random, nint count, bool int8)
    {
        if (!int8) return ConvF32Check.Floats(random, count);
        var memory = new GuardedMemory(count);
        random.NextBytes(memory.Bytes);
        return memory;
    }

    /// <summary>A convolution with random weights, prepared as often as it is asked for.</summary>
    private sealed class Stage
    {
        private readonly DenseKernels _dense;
        private readonly Activation _activation;
        private readonly bool _signed;
        private readonly float[] _weights, _bias;
        private readonly byte[]? _bytes;
        private readonly int[] _sums;
        private readonly float _scale;

        public Stage(DenseKernels dense, in ConvGeometry g, in Activation activation, bool int8, bool signed, Random random)
        {
            _dense = dense;
            _activation = activation;
            _signed = signed;
            int terms = g.InChannelsPerGroup * g.KernelHeight * g.KernelWidth, count = g.OutChannels * terms;
            ZeroPoint = signed ? -7 : 121;
            _bytes = int8 ? new byte[count] : null;
            if (_bytes is not null) random.NextBytes(_bytes);
            _sums = [.. Enumerable.Range(0, int8 ? g.OutChannels : 0).Select(_ => random.Next(-5000, 5000))];
            _scale = 1 / (60 * MathF.Sqrt(terms));
            _weights = [.. Enumerable.Range(0, int8 ? 0 : count).Select(_ => (random.NextSingle() * 2 - 1) / MathF.Sqrt(terms))];
            _bias = [.. Enumerable.Range(0, int8 ? 0 : g.OutChannels).Select(_ => random.NextSingle() * 2 - 1)];
        }

        public int ZeroPoint { get; }

        public PreparedConv Prepare(in ConvGeometry g)
        {
            if (_bytes is null) return _dense.PrepareConvF32(g, _weights, _bias, _activation);
            var output = new Int8Output(_signed ? Int8OutputKind.Int8 : Int8OutputKind.UInt8, [_scale], ZeroPoint, _signed ? -128 : 0, _signed ? 127 : 255);
            return _dense.PrepareConvInt8(g, new Int8Weights(_bytes, true, []), _sums, _signed, ZeroPoint, output);
        }
    }
}
