using Edge.Kernels.Dense;
using Edge.Kernels.Isa;
using Edge.Kernels.Threading;

namespace Edge.Kernels.SelfTest;

/// <summary>A float32 product with integer weights that is checked.</summary>
/// <param name="M">Rows.</param>
/// <param name="N">Columns.</param>
/// <param name="K">Terms of a sum.</param>
/// <param name="Bits">Of a code.</param>
/// <param name="Block">Size of blocks; 0 for a scale a column.</param>
/// <param name="Seed">Chooses everything else.</param>
internal readonly record struct WeightOnlyCase(int M, int N, int K, int Bits, int Block, int Seed);

/// <summary>Compares a float32 product with integer weights with the scalar one; weights lie below 1.</summary>
internal static unsafe class WeightOnlyCheck
{
    /// <summary>Null if they agree, else what is wrong.</summary>
    public static string? Compare(DenseKernels dense, in WeightOnlyCase c, WorkerPool pool)
    {
        var random = new Random(c.Seed);
        bool signed = random.Next(2) == 0, byRow = random.Next(2) == 0, packed = c.Bits == 4 && random.Next(2) == 0, blocksFirst = random.Next(2) == 0;
        int zeroKind = random.Next(4);
        int blockSize = c.Block == 0 ? c.K : c.Block, blocks = (c.K + blockSize - 1) / blockSize;
        var codes = new byte[packed ? ((long)c.N * c.K + 1) / 2 : (long)c.N * c.K];
        random.NextBytes(codes);
        var scales = new float[blocks * c.N];
        foreach (ref float s in scales.AsSpan()) s = (random.NextSingle() + 0.1f) / (c.Bits == 8 ? 300 : 20);
        float[] zeroPoints = zeroKind == 0 ? [] : new float[scales.Length];
        int low = signed ? -(1 << (c.Bits - 1)) : 0;
        // All of them in the middle, whole numbers, or any.
        foreach (ref float z in zeroPoints.AsSpan())
            z = zeroKind == 1 ? low + (1 << (c.Bits - 1)) : zeroKind == 2 ? low + random.Next(1 << c.Bits) : low + random.NextSingle() * (1 << c.Bits);
        var weights = new IntegerWeights(c.K, c.N, c.Bits, blockSize)
        {
            Codes = codes,
            Packed = packed,
            Signed = signed,
            RowStep = byRow ? c.N : 1,
            ColumnStep = byRow ? 1 : c.K,
            Scales = scales,
            ZeroPoints = zeroPoints,
            BlockStep = blocksFirst ? c.N : 1,
            ScaleColumnStep = blocksFirst ? 1 : blocks,
        };
        using GuardedMemory x = ConvF32Check.Floats(random, (nint)c.M * c.K), bias = ConvF32Check.Floats(random, c.N), residual = ConvF32Check.Floats(random, (nint)c.M * c.N);
        using var expected = new GuardedMemory((nint)c.M * c.N * sizeof(float));
        using var actual = new GuardedMemory((nint)c.M * c.N * sizeof(float));
        // No array: .NET 10's compiler for Arm reads an element of one that it lays out itself from a wrong address.
        Activation activation = random.Next(5) switch
        {
            0 => Activation.None,
            1 => Activation.Relu,
            2 => Activation.Clip(-1, 2),
            3 => new(ActivationKind.Sigmoid),
            _ => new(ActivationKind.HardSwish),
        };
        ReadOnlySpan<float> biases = random.Next(3) == 0 ? [] : bias.Floats;
        var place = (ResidualPlace)random.Next(3);
        using (PreparedConvF32 reference = new ScalarDense().PrepareMatMulF32(c.M, weights, biases, activation))
            reference.Run((float*)x.Data, place == ResidualPlace.None ? null : (float*)residual.Data, (float*)expected.Data, null, WorkerPool.Inline);
        using PreparedConvF32 tested = dense.PrepareMatMulF32(c.M, weights, biases, activation);
        using var scratch = new GuardedMemory(tested.ScratchBytes);
        if (place == ResidualPlace.InOutput) residual.Bytes.CopyTo(actual.Bytes);
        GuardedMemory from = place == ResidualPlace.InOutput ? actual : residual;
        tested.Run((float*)x.Data, place == ResidualPlace.None ? null : (float*)from.Data, (float*)actual.Data, scratch.Data, pool);
        string what = $"{tested.KernelName} {c}, signed {signed}, zero points {zeroKind}, {activation.Kind}, residual {place}";
        if (!actual.IsIntact || !scratch.IsIntact || !x.IsIntact) return $"{what}: wrote outside its buffers";
        // A zero point takes off what the sum of a block has too much: twice as many terms.
        string? difference = ConvF32Check.Difference(expected.Floats, actual.Floats, 2 * c.K);
        return difference is null ? null : $"{what}: {difference}";
    }
}
