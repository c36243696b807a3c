using Edge.Kernels.Dense;
using Edge.Kernels.Threading;

namespace Edge.Kernels.SelfTest;

/// <summary>The outcome of one comparison.</summary>
/// <param name="Name">Kernel set and case: <c>avx2/conv_int8/3x3 stride 2</c>.</param>
/// <param name="Passed">Whether the set agrees with the scalar one.</param>
/// <param name="Detail">What differs; empty if nothing does.</param>
public readonly record struct SelfTestResult(string Name, bool Passed, string Detail);

/// <summary>
/// Compares every kernel set that this CPU can run with the scalar one: float32 convolutions and products within
/// rounding, everything else byte for byte, on one thread and on several; and what moves elements on any CPU with plain loops. For a device in the field, and for builds that only run under an emulator.
/// </summary>
public static class KernelSelfTest
{
    /// <summary>Runs all comparisons, one after the other as the results are read; seconds in all.</summary>
    public static IEnumerable<SelfTestResult> Run()
    {
        using var pool = new WorkerPool(3);
        foreach (var (name, difference) in MovementChecks.Compare(pool)) yield return Result($"any/{name}", difference);
        foreach (KernelSet set in KernelCatalog.Available)
        {
            yield return Result($"{set.Name}/lookup of rows", MovementChecks.CompareLookup(set.Elementwise.Lookup));
            if (set.Name == "scalar") continue;
            int seed = 0;
            foreach ((string shape, ConvGeometry geometry) in Convolutions())
            {
                seed++;
                WorkerPool threads = seed % 2 == 0 ? pool : WorkerPool.Inline;
                yield return Result($"{set.Name}/conv_f32/{shape}", ConvF32Check.Compare(set.Dense, geometry, s_activations[seed % s_activations.Length], (ResidualPlace)(seed % 3), threads, seed));
                string? difference = null;
                for (int i = 0; i < 8 && difference is null; i++) difference = ConvInt8Check.Compare(set.Dense, geometry, Int8Case.From(8 * seed + i), threads, seed);
                yield return Result($"{set.Name}/conv_int8/{shape}", difference);
            }
            foreach (Int8Fill fill in (Int8Fill[])[Int8Fill.AllLow, Int8Fill.AllHigh, Int8Fill.Opposed, Int8Fill.NearlyLow])
                yield return Result($"{set.Name}/conv_int8/extremes, {fill}", Extremes(set.Dense, fill));
            foreach ((string shape, ConvGeometry geometry) in Convolutions())
                foreach (ConvMethod method in (ConvMethod[])[ConvMethod.Winograd2, ConvMethod.Winograd4])
                {
                    if (!set.Dense.MethodsF32(geometry).Contains(method)) continue;
                    seed++;
                    WorkerPool threads = seed % 2 == 0 ? pool : WorkerPool.Inline;
                    yield return Result($"{set.Name}/conv_f32/{method} {shape}", ConvF32Check.Compare(set.Dense, method, geometry, s_activations[seed % s_activations.Length], (ResidualPlace)(seed % 3), threads, seed));
                }
            foreach ((string shape, ConvStripsCase c) in Strips())
                foreach (bool int8 in (bool[])[false, true])
                {
                    seed++;
                    yield return Result($"{set.Name}/{(int8 ? "conv_int8" : "conv_f32")}/strips, {shape}", ConvStripsCheck.Compare(set.Dense, c, int8, seed % 2 == 0, pool, seed));
                }
            yield return Result($"{set.Name}/matmul_f32/37x65x29", MatMulF32Check.Compare(set.Dense, 37, 65, 29, false, 0, pool, 1));
            yield return Result($"{set.Name}/matmul_f32/5x33x64 transposed", MatMulF32Check.Compare(set.Dense, 5, 33, 64, true, 2, WorkerPool.Inline, 2));
            foreach (WeightOnlyCase c in (WeightOnlyCase[])[new(1, 131, 100, 8, 0, 1), new(3, 70, 97, 4, 32, 2), new(7, 65, 64, 4, 16, 3), new(1, 1, 33, 8, 16, 4), new(37, 65, 300, 4, 32, 5), new(12, 33, 29, 8, 0, 6)])
                yield return Result($"{set.Name}/weight_only/{c.M}x{c.N}x{c.K} of {c.Bits} bits", WeightOnlyCheck.Compare(set.Dense, c, pool));
            foreach (var (name, difference) in SameBytesChecks.Compare(set, pool)) yield return Result($"{set.Name}/{name}", difference);
        }
    }

    /// <summary>Products as large as they get, of all types: null if none saturates.</summary>
    private static string? Extremes(DenseKernels dense, Int8Fill fill)
    {
        string? difference = null;
        for (int types = 0; types < 4 && difference is null; types++)
        {
            bool inputSigned = types % 2 == 1;
            var parameters = new Int8Case(inputSigned, inputSigned ? -7 : 131, types >= 2, ZeroPoints.None, Int8OutputKind.Int32, false, false, fill);
            difference = ConvInt8Check.Compare(dense, ConvGeometry.MatMul(13, 70, 35), parameters, WorkerPool.Inline, types);
        }

        return difference;
    }

    private static readonly Activation[] s_activations =
    [
        Activation.None, Activation.Relu, Activation.Clip(0, 6), new(ActivationKind.LeakyRelu, 0.1f), new(ActivationKind.Sigmoid), new(ActivationKind.HardSwish),
        new(ActivationKind.Tanh),
    ];

    private static IEnumerable<(string Shape, ConvStripsCase Case)> Strips()
    {
        yield return ("1x1, 3x3, 1x1", new(Square(37, 40, 40, 3, 1, group: 40), 9, 12, Activation.Clip(0, 6), Residual: true));
        yield return ("1x1, 3x3 stride 2", new(Square(36, 17, 17, 3, 1, stride: 2, group: 17), 20, 0, Activation.Relu, Residual: false));
        yield return ("5x5, 1x1", new(Square(20, 64, 64, 5, 2, group: 64), 0, 33, new(ActivationKind.HardSwish), Residual: true));
    }

    private static IEnumerable<(string Shape, ConvGeometry Geometry)> Convolutions()
    {
        yield return ("matrix 1x257x65", ConvGeometry.MatMul(1, 257, 65));
        yield return ("matrix 31x17x33", ConvGeometry.MatMul(31, 17, 33));
        yield return ("matrix 30x79x37", ConvGeometry.MatMul(30, 79, 37));
        yield return ("1x1", Square(7, 24, 40, 1, 0));
        yield return ("1x1 stride 2", Square(9, 10, 20, 1, 0, stride: 2));
        yield return ("3x3", Square(9, 20, 33, 3, 1));
        yield return ("3x3 wide", Square(5, 70, 64, 3, 1));
        yield return ("3x3 without padding", Square(18, 17, 70, 3, 0));
        yield return ("3x3 stride 2", Square(11, 5, 16, 3, 1, stride: 2));
        yield return ("3x3 of 3 channels", Square(13, 3, 16, 3, 1, stride: 2));
        yield return ("7x7 of 3 channels", Square(15, 3, 9, 7, 3, stride: 2));
        yield return ("3x3 dilated", Square(9, 12, 24, 3, 2, dilation: 2));
        yield return ("3x3 in groups", Square(7, 21, 36, 3, 1, group: 3));
        yield return ("3x3 in groups of 29", Square(6, 58, 36, 3, 1, group: 2));
        yield return ("5x5 of 3 channels", Square(9, 3, 10, 5, 2));
        yield return ("5x5 larger than the input", Square(2, 6, 8, 5, 2));
        yield return ("depthwise 3x3", Square(9, 37, 37, 3, 1, group: 37));
        yield return ("depthwise 3x3 stride 2", Square(10, 24, 24, 3, 1, stride: 2, group: 24));
        yield return ("depthwise 5x5", Square(7, 19, 19, 5, 2, group: 19));
        yield return ("depthwise 3x3 dilated", Square(9, 16, 16, 3, 2, dilation: 2, group: 16));
        yield return ("depthwise 3x3 times 2", Square(6, 9, 18, 3, 1, group: 9));
    }

    private static ConvGeometry Square(int size, int inChannels, int outChannels, int kernel, int pad, int stride = 1, int dilation = 1, int group = 1)
    {
        int output = (size + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1;
        return new(2, size, size, inChannels, output, output, outChannels, kernel, kernel, stride, stride, dilation, dilation, pad, pad, group);
    }

    private static SelfTestResult Result(string name, string? difference) => new(name, difference is null, difference ?? "");
}
