using Edge.Kernels.Dense;
using Edge.Kernels.Isa;
using Edge.Kernels.Threading;

namespace Edge.Kernels.SelfTest;

/// <summary>What the operands of a checked convolution hold.</summary>
internal enum Int8Fill
{
    Random,

    /// <summary>All inputs and weights at the lower end of their types.</summary>
    AllLow,

    /// <summary>All at the upper end.</summary>
    AllHigh,

    /// <summary>Inputs at the upper end, weights at the lower.</summary>
    Opposed,

    /// <summary>Inputs at the lower end, weights by turns of 8 there and one above.</summary>
    NearlyLow,
}

internal enum ZeroPoints
{
    None,
    OneForAll,
    OnePerChannel,
}

/// <summary>Types and parameters of a checked integer convolution.</summary>
/// <param name="InputSigned">int8 inputs, else uint8.</param>
/// <param name="InputZeroPoint">In the range of the inputs.</param>
/// <param name="WeightsSigned">int8 weights, else uint8.</param>
/// <param name="WeightZeroPoints">How many, chosen at random in the range of the weights.</param>
/// <param name="Output">Type of the output.</param>
/// <param name="PerChannelScale">A scale for each output channel, else one for all.</param>
/// <param name="NarrowRange">The output is clamped to less than its type holds.</param>
/// <param name="Fill">What the operands hold.</param>
internal readonly record struct Int8Case(
    bool InputSigned,
    int InputZeroPoint,
    bool WeightsSigned,
    ZeroPoints WeightZeroPoints,
    Int8OutputKind Output,
    bool PerChannelScale,
    bool NarrowRange,
    Int8Fill Fill)
{
    /// <summary>A case with every parameter chosen by <paramref name="seed"/>.</summary>
    public static Int8Case From(int seed)
    {
        var random = new Random(seed);
        bool signed = random.Next(2) == 0;
        return new Int8Case(
            signed,
            random.Next(256) - (signed ? 128 : 0),
            random.Next(3) != 0,
            (ZeroPoints)random.Next(3),
            (Int8OutputKind)random.Next(4),
            random.Next(2) == 0,
            random.Next(3) == 0,
            random.Next(4) == 0 ? (Int8Fill)random.Next(4) : Int8Fill.Random);
    }
}

/// <summary>Compares an integer convolution with the scalar one, byte for byte.</summary>
internal static unsafe class ConvInt8Check
{
    /// <summary>Null if all bytes agree, in every way in which the convolution can be computed, else what is wrong.</summary>
    public static string? Compare(DenseKernels dense, in ConvGeometry g, in Int8Case parameters, WorkerPool pool, int seed)
    {
        var random = new Random(seed);
        int terms = g.InChannelsPerGroup * g.KernelHeight * g.KernelWidth;
        using GuardedMemory x = Bytes(random, (nint)g.Batch * g.InHeight * g.InWidth * g.InChannels, parameters.Fill, parameters.InputSigned, false);
        using GuardedMemory w = Bytes(random, (nint)g.OutChannels * terms, parameters.Fill, parameters.WeightsSigned, parameters.Fill == Int8Fill.Opposed);
        if (parameters.Fill == Int8Fill.NearlyLow)
            for (int i = 0; i < w.Bytes.Length; i++) w.Bytes[i] += (byte)(i % terms / 8 % 2);
        int[] zeroPoints = WeightZeroPoints(random, g.OutChannels, parameters);
        var bias = new int[seed % 4 == 0 ? 0 : g.OutChannels];
        foreach (ref int b in bias.AsSpan()) b = random.Next(-20_000, 20_000);
        float[] scales = Scales(random, g.OutChannels, terms, parameters);
        var weights = new Int8Weights(w.Bytes, parameters.WeightsSigned, zeroPoints);
        (int low, int high) = parameters.NarrowRange ? (-60, 77) : (-1000, 1000);
        int zeroPoint = parameters.Output switch { Int8OutputKind.UInt8 => random.Next(256), Int8OutputKind.Int8 => random.Next(-128, 128), _ => 0 };
        var output = new Int8Output(parameters.Output, scales, zeroPoint, low, high);

        nint bytes = (nint)g.Batch * g.OutHeight * g.OutWidth * g.OutChannels * (parameters.Output is Int8OutputKind.UInt8 or Int8OutputKind.Int8 ? 1 : 4);
        using var expected = new GuardedMemory(bytes);
        using var actual = new GuardedMemory(bytes);
        using (PreparedConvInt8 reference = new ScalarDense().PrepareConvInt8(g, weights, bias, parameters.InputSigned, parameters.InputZeroPoint, output))
            reference.Run(x.Data, expected.Data, null, WorkerPool.Inline);
        foreach (ConvMethod method in dense.MethodsInt8(g, weights, parameters.InputSigned, parameters.InputZeroPoint))
        {
            using PreparedConvInt8 tested = dense.PrepareConvInt8(method, g, weights, bias, parameters.InputSigned, parameters.InputZeroPoint, output);
            using var scratch = new GuardedMemory(tested.ScratchBytes);
            actual.Bytes.Clear();
            tested.Run(x.Data, actual.Data, scratch.Data, pool);
            if (!actual.IsIntact || !scratch.IsIntact || !x.IsIntact) return $"{tested.KernelName} wrote outside its buffers for {g} {parameters}";
            int at = actual.Bytes.CommonPrefixLength(expected.Bytes);
            if (at != bytes) return $"{tested.KernelName}: byte {at} is {actual.Bytes[at]}, not {expected.Bytes[at]}, for {g} {parameters}";
            if (ConvRanges.Compare(tested, g, x, actual, seed) is { } difference) return $"{difference} {parameters}";
        }

        return null;
    }

    private static GuardedMemory Bytes(Random random, nint count, Int8Fill fill, bool signed, bool low)
    {
        var memory = new GuardedMemory(count);
        if (fill == Int8Fill.Random) random.NextBytes(memory.Bytes);
        else memory.Bytes.Fill((byte)(low || fill is Int8Fill.AllLow or Int8Fill.NearlyLow ? (signed ? 0x80 : 0) : (signed ? 0x7F : 0xFF)));
        return memory;
    }

    private static int[] WeightZeroPoints(Random random, int channels, in Int8Case parameters)
    {
        var zeroPoints = new int[parameters.WeightZeroPoints switch { ZeroPoints.None => 0, ZeroPoints.OneForAll => 1, _ => channels }];
        foreach (ref int z in zeroPoints.AsSpan()) z = random.Next(256) - (parameters.WeightsSigned ? 128 : 0);
        return zeroPoints;
    }

    /// <summary>Scales that bring most sums into the range of a byte, and sometimes ones that do not.</summary>
    private static float[] Scales(Random random, int channels, int terms, in Int8Case parameters)
    {
        var scales = new float[parameters.Output == Int8OutputKind.Int32 ? 0 : parameters.PerChannelScale ? channels : 1];
        foreach (ref float s in scales.AsSpan()) s = (random.NextSingle() + 0.1f) * (random.Next(8) == 0 ? 10 : 0.01f) / MathF.Sqrt(terms);
        return scales;
    }
}
