using Edge.Kernels.Elementwise;
using Edge.Kernels.Isa;
using Edge.Kernels.Normalization;
using Edge.Kernels.Pooling;
using Edge.Kernels.Quantize;
using Edge.Kernels.Recurrent;
using Edge.Kernels.Reduction;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Kernels.SelfTest;

/// <summary>Routines that are the same bytes on every instruction set: each on numbers from a seed, against the scalar set.</summary>
internal static unsafe class SameBytesChecks
{
    /// <summary>Elements of the argument: no multiple of any vector, and enough for several threads.</summary>
    private const int Count = 3 * 7 * 11 * 37;

    private const int OutputBytes = Count * sizeof(float);

    private static readonly Shape s_shape = new(3, 7, 11, 37);

    /// <summary>Computes one routine of a set from the first numbers to the output.</summary>
    private delegate void Routine(KernelSet set, float* x, byte* y, WorkerPool pool);

    /// <summary>What differs, for each routine; null where nothing does.</summary>
    public static IEnumerable<(string Name, string? Difference)> Compare(KernelSet set, WorkerPool pool)
    {
        int seed = 0;
        foreach (var (name, routine) in Routines()) yield return (name, Compare(set, routine, pool, ++seed));
    }

    private static string? Compare(KernelSet set, Routine routine, WorkerPool pool, int seed)
    {
        using GuardedMemory x = ConvF32Check.Floats(new Random(seed), Count), again = ConvF32Check.Floats(new Random(seed), Count);
        using var expected = new GuardedMemory(OutputBytes);
        using var actual = new GuardedMemory(OutputBytes);
        routine(s_scalar.Value, (float*)x.Data, expected.Data, WorkerPool.Inline);
        routine(set, (float*)again.Data, actual.Data, pool);
        if (!actual.IsIntact || !again.IsIntact) return "wrote outside its buffers";
        int at = actual.Bytes.CommonPrefixLength(expected.Bytes);
        return at == OutputBytes ? null : $"byte {at} is {actual.Bytes[at]} instead of {expected.Bytes[at]}";
    }

    private static readonly Lazy<KernelSet> s_scalar = new(ScalarKernels.Create);

    private static IEnumerable<(string Name, Routine Routine)> Routines() => [.. Elementwise(), .. Reductions(), .. Pools(), .. Quantized(), .. Cells()];

    private static List<(string, Routine)> Elementwise()
    {
        var all = new List<(string, Routine)>();
        foreach (var function in Enum.GetValues<UnaryFunction>())
            all.Add(($"unary_f32/{function}", (set, x, y, pool) => set.Elementwise.Unary(function, DataType.Float32, 0.25, 0.75)?.Run(x, y, Count, pool)));
        var plan = Broadcast.To(s_shape, s_shape, new Shape(7, 1, 37));
        foreach (var function in Enum.GetValues<BinaryFunction>())
            all.Add(($"binary_f32/{function}", (set, x, y, pool) => set.Elementwise.Binary(function, DataType.Float32)?.Run(x, x + 5, y, plan, pool)));
        return all;
    }

    private static List<(string, Routine)> Reductions()
    {
        var all = new List<(string, Routine)>();
        foreach (var function in Enum.GetValues<ReduceFunction>())
            foreach (int[] axes in (int[][])[[3], [1, 2]])
                all.Add(($"reduce_f32/{function} of axes {string.Join(',', axes)}", (set, x, y, pool) => set.Reduction.Reduce(function, DataType.Float32, s_shape, axes)?.Run(x, y, pool)));
        all.Add(("softmax_f32/innermost", (set, x, y, pool) => set.Reduction.Softmax.Run(x, (float*)y, 21, 11 * 37, 1, false, pool)));
        all.Add(("softmax_f32/logarithm, of an outer axis", (set, x, y, pool) => set.Reduction.Softmax.Run(x, (float*)y, 3, 7, 11 * 37, true, pool)));
        all.Add(("softmax_f32/of three", (set, x, y, pool) => set.Reduction.Softmax.Run(x, (float*)y, Count / 3, 3, 1, false, pool)));
        all.Add(("softmax_f32/logarithm, of seven", (set, x, y, pool) => set.Reduction.Softmax.Run(x, (float*)y, Count / 7, 7, 1, true, pool)));
        foreach (bool centre in (bool[])[true, false])
            all.Add(($"normalize_f32/{(centre ? "mean and deviation" : "root mean square")}", (set, x, y, pool) =>
                set.Normalization.Rows.Run(new RowLayout(3 * 7 * 11, 37, 1, 1), centre, 1e-5, new RowOperands { X = x, Scale = x + 3, Y = (float*)y }, pool)));
        return all;
    }

    private static List<(string, Routine)> Pools()
    {
        var all = new List<(string, Routine)>();
        var axis = new PoolAxis(11, 6, 3, 2, 1, 1, 1);
        var geometry = new PoolGeometry(1, PoolAxis.None, axis, axis, 37);
        foreach (var function in Enum.GetValues<PoolFunction>())
            all.Add(($"pool_f32/{function}", (set, x, y, pool) => set.Pooling.Float(function, geometry).Run(x, y, pool)));
        foreach (var type in (DataType[])[DataType.UInt8, DataType.Int8])
        {
            all.Add(($"pool_int8/Max of {type.OnnxName()}", (set, x, y, pool) => set.Pooling.MaxOfBytes(type, geometry).Run(x, y, pool)));
            all.Add(($"pool_int8/Average of {type.OnnxName()}", (set, x, y, pool) =>
                set.Pooling.AverageOfBytes(type, PoolFunction.Average, geometry).Run((byte*)x, y, new(0.02f, 3), new(0.017f, -1 + (type == DataType.UInt8 ? 5 : 0)), pool)));
        }
        return all;
    }

    private static List<(string, Routine)> Quantized()
    {
        var all = new List<(string, Routine)>();
        var plan = Broadcast.To(s_shape, s_shape, new Shape(7, 1, 37));
        foreach (var type in (DataType[])[DataType.UInt8, DataType.Int8])
        {
            all.Add(($"quantize/{type.OnnxName()}", (set, x, y, pool) =>
            {
                float scale = 0.013f, zeroPoint = 3;
                set.Quantize.Quantize(x, y, type, ChannelLayout.PerTensor(Count), &scale, &zeroPoint, pool);
            }));
            all.Add(($"dequantize/{type.OnnxName()}", (set, x, y, pool) =>
            {
                float scale = 0.013f;
                int zeroPoint = 3;
                set.Quantize.Dequantize(x, type, (float*)y, ChannelLayout.PerTensor(Count), &scale, &zeroPoint, pool);
            }));
            foreach (var function in (BinaryFunction[])[BinaryFunction.Add, BinaryFunction.Mul])
                all.Add(($"binary_int8/{function} of {type.OnnxName()}", (set, x, y, pool) =>
                    set.Quantize.Binary(function, type).Run((byte*)x, (byte*)x + 5, y, plan, new(new(0.02f, 3), new(0.03f, 1), new(0.021f, 2)), pool)));
            // A factor for each channel: rows that are no whole vectors.
            all.Add(($"binary_int8/Mul by channel of {type.OnnxName()}", (set, x, y, pool) =>
                set.Quantize.Binary(BinaryFunction.Mul, type).Run((byte*)x, (byte*)x + 5, y, Broadcast.To(s_shape, s_shape, new Shape(37)), new(new(0.02f, 3), new(0.03f, 1), new(0.021f, 2)), pool)));
        }
        all.Add(("scale_accumulators", (set, x, y, pool) =>
            set.Quantize.ScaleAccumulators((int*)x, (float*)y, Count / 37, 37, x + 100, x + 200, -1e8f, 1e8f, pool)));
        return all;
    }

    private static List<(string, Routine)> Cells()
    {
        var all = new List<(string, Routine)>();
        const int hidden = 37;
        RecurrentActivation gate = new(RecurrentFunction.Sigmoid), candidate = new(RecurrentFunction.Tanh);
        all.Add(("cell_f32/LSTM", (set, x, y, pool) =>
        {
            new Span<float>(x + 1000, hidden).CopyTo(new Span<float>(y, hidden));
            set.Recurrent.Lstm(gate, candidate, candidate, float.PositiveInfinity, false, hidden).Step(x, x + 200, x + 400, x + 800, (float*)y, (float*)y + hidden);
        }));
        all.Add(("cell_f32/GRU", (set, x, y, pool) =>
        {
            new Span<float>(x + 1000, hidden).CopyTo(new Span<float>(y, hidden));
            set.Recurrent.Gru(gate, candidate, 2, hidden).Step(x, x + 200, x + 400, (float*)y);
        }));
        all.Add(("cell_f32/RNN", (set, x, y, pool) => set.Recurrent.Rnn(candidate, float.PositiveInfinity, hidden).Step(x, x + 200, x + 400, (float*)y)));
        return all;
    }
}
