using Edge.Kernels.Dense;
using Edge.Kernels.Isa;
using Edge.Kernels.Threading;

namespace Edge.Kernels.SelfTest;

/// <summary>Where the residual of a checked convolution lies.</summary>
internal enum ResidualPlace
{
    None,
    Apart,

    /// <summary>In the output, which it is replaced by.</summary>
    InOutput,
}

/// <summary>Compares a float32 convolution with the scalar one on random data between −1 and 1.</summary>
internal static unsafe class ConvF32Check
{
    /// <summary>Terms that Winograd's transforms count for: their own rounding is there however few channels there are.</summary>
    private const int WinogradTerms = 48;

    /// <summary>Null if they agree within <see cref="Tolerance"/>, else what is wrong.</summary>
    public static string? Compare(DenseKernels dense, in ConvGeometry g, in Activation activation, ResidualPlace place, WorkerPool pool, int seed) =>
        Compare(dense, dense.MethodsF32(g)[0], g, activation, place, pool, seed);

    /// <summary>The same, computed by <paramref name="method"/>.</summary>
    public static string? Compare(DenseKernels dense, ConvMethod method, in ConvGeometry g, in Activation activation, ResidualPlace place, WorkerPool pool, int seed)
    {
        var random = new Random(seed);
        using GuardedMemory x = Floats(random, (nint)g.Batch * g.InHeight * g.InWidth * g.InChannels);
        using GuardedMemory w = Floats(random, (nint)g.OutChannels * g.InChannelsPerGroup * g.KernelHeight * g.KernelWidth);
        using GuardedMemory bias = Floats(random, g.OutChannels);
        nint outputs = (nint)g.Batch * g.OutHeight * g.OutWidth * g.OutChannels;
        using GuardedMemory residual = Floats(random, outputs);
        using var expected = new GuardedMemory(outputs * sizeof(float));
        using var actual = new GuardedMemory(outputs * sizeof(float));
        ReadOnlySpan<float> biases = seed % 5 == 0 ? [] : bias.Floats;
        using (PreparedConvF32 reference = new ScalarDense().PrepareConvF32(g, w.Floats, biases, activation))
            reference.Run((float*)x.Data, place == ResidualPlace.None ? null : (float*)residual.Data, (float*)expected.Data, null, WorkerPool.Inline);
        using PreparedConvF32 tested = dense.PrepareConvF32(method, g, w.Floats, biases, activation);
        using var scratch = new GuardedMemory(tested.ScratchBytes);
        if (place == ResidualPlace.InOutput) residual.Bytes.CopyTo(actual.Bytes);
        GuardedMemory from = place == ResidualPlace.InOutput ? actual : residual;
        tested.Run((float*)x.Data, place == ResidualPlace.None ? null : (float*)from.Data, (float*)actual.Data, scratch.Data, pool);
        if (!actual.IsIntact || !scratch.IsIntact || !x.IsIntact) return $"{tested.KernelName} wrote outside its buffers for {g}";
        int terms = g.InChannelsPerGroup * g.KernelHeight * g.KernelWidth;
        string? difference = Difference(expected.Floats, actual.Floats, method == ConvMethod.Direct ? terms : WinogradTerms + terms);
        if (difference is not null) return $"{tested.KernelName} {activation.Kind} residual {place}: {difference} for {g}";
        return ConvRanges.Compare(tested, g, x, place == ResidualPlace.None ? null : residual, place == ResidualPlace.InOutput, actual, seed);
    }

    /// <summary>How far a sum of <paramref name="terms"/> products of numbers below 1 may be off.</summary>
    public static float Tolerance(int terms, float expected) => 1.2e-7f * (terms + 16) * MathF.Max(1, MathF.Abs(expected));

    /// <summary>The first element that is further off than its tolerance; null if there is none.</summary>
    public static string? Difference(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, int terms)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            bool agree = expected[i].Equals(actual[i]) || MathF.Abs(expected[i] - actual[i]) <= Tolerance(terms, expected[i]);
            if (!agree) return $"element {i} is {actual[i]:G9}, not {expected[i]:G9}";
        }
        return null;
    }

    /// <summary>Random numbers between −1 and 1.</summary>
    public static GuardedMemory Floats(Random random, nint count)
    {
        var memory = new GuardedMemory(count * sizeof(float));
        foreach (ref float f in memory.Floats) f = random.NextSingle() * 2 - 1;
        return memory;
    }
}
