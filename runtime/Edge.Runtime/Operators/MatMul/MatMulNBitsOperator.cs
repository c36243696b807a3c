using System.Numerics;
using Edge.Kernels;
using Edge.Kernels.Dense;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.MatMul;

/// <summary>
/// com.microsoft MatMulNBits: A times weights of 4 or 8 bits with a scale, and perhaps a zero point, for each block along the sum. They stay
/// integers in memory. <c>accuracy_level</c> allows an implementation to round A, which this one does not: the attribute changes nothing.
/// </summary>
internal sealed class MatMulNBitsOperator() : Operator("MatMulNBits", OperatorCatalog.Microsoft)
{
    /// <summary>Inputs.</summary>
    public const int A = 0, Bias = 5;

    private const int B = 1, Scales = 2, ZeroPoints = 3, GroupIndex = 4, LeastBlock = 16;

    public override void Infer(InferContext c)
    {
        c.RequireType(A, DataType.Float32);
        c.RequireType(B, DataType.UInt8);
        c.RequireType(Scales, DataType.Float32);
        if (c.Has(ZeroPoints)) c.RequireType(ZeroPoints, DataType.UInt8, DataType.Float32);
        if (c.Has(GroupIndex)) throw c.Error("g_idx is not supported: its definition is deprecated; supported: blocks of neighbours");
        if (c.Has(Bias)) c.RequireType(Bias, DataType.Float32);
        c.Attributes.Int("accuracy_level", 0);
        if (c.Attributes.Int("weight_prepacked", 0) is not 0 and var form) throw c.Error($"weight_prepacked {form} is not supported; supported: 0, weights as they are defined");
        for (int i = B; i < c.InputCount; i++)
            if (c.Has(i) && c.Constant(i) is null) throw c.Error($"input {i} must be a constant");
        var w = Weights.Read(c.Node);
        var a = c.Shape(A);
        if (a.Rank == 0 || a[^1] != w.K) throw c.Error($"A {a} must end with K = {w.K}");
        RequireCount(c, B, (long)w.N * w.Blocks * ((long)w.BlockSize * w.Bits / 8));
        RequireCount(c, Scales, (long)w.N * w.Blocks);
        if (c.Has(ZeroPoints)) RequireCount(c, ZeroPoints, c.Type(ZeroPoints) == DataType.UInt8 ? (long)w.N * w.ZeroPointBytes : (long)w.N * w.Blocks);
        if (c.Has(Bias) && c.Shape(Bias) != new Shape(w.N)) throw c.Error($"bias {c.Shape(Bias)} must be [{w.N}]");
        int[] dims = a.ToArray();
        dims[^1] = w.N;
        c.Output(0, DataType.Float32, new Shape(dims));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var w = Weights.Read(c.Node);
        int m = c.Shape(A).Count / w.K;
        var kernel = c.Kernels.Dense.PrepareMatMulF32(m, Stored(c.Node).Right(transposed: false), c.Has(Bias) ? c.Constant(Bias)!.AsSpan<float>() : [], Activation.None, c.Packed);
        return new ConvExecutor(kernel, ConvGeometry.MatMul(m, w.K, w.N), null, -1);
    }

    /// <summary>The weights of a node that was inferred, as <c>[K, N]</c>.</summary>
    public static StoredWeights Stored(Node node)
    {
        var w = Weights.Read(node);
        return new StoredWeights(new Shape(w.K, w.N), w.Bits, signed: false, node.Constant(B)!)
        {
            CodesArePairs = w.Bits == 4,
            RowStep = 1,
            ColumnStep = (nint)w.Blocks * w.BlockSize,
            RowBlock = w.BlockSize,
            ColumnBlock = 1,
            ScaleRowStep = 1,
            ScaleColumnStep = w.Blocks,
            Scales = node.Constant(Scales)!.AsSpan<float>().ToArray(),
            ZeroPoints = ReadZeroPoints(w, node.Constant(ZeroPoints)),
        };
    }

    private static float[] ReadZeroPoints(Weights w, Tensor? given)
    {
        if (given is { Type: DataType.Float32 }) return given.AsSpan<float>().ToArray();
        var all = new float[w.N * w.Blocks];
        // Left out, they are in the middle.
        all.AsSpan().Fill(1 << (w.Bits - 1));
        if (given is null) return all;
        var bytes = given.AsSpan<byte>();
        for (int n = 0, i = 0; n < w.N; n++)
            for (int block = 0; block < w.Blocks; block++, i++)
                all[i] = w.Bits == 8 ? bytes[i] : bytes[n * w.ZeroPointBytes + block / 2] >> block % 2 * 4 & 15;
        return all;
    }

    private static void RequireCount(InferContext c, int input, long count)
    {
        if (c.Shape(input).Count != count) throw c.Error($"input {input} has shape {c.Shape(input)}; it must hold {count} elements");
    }

    /// <summary>What the attributes say.</summary>
    private readonly record struct Weights(int K, int N, int Bits, int BlockSize)
    {
        public int Blocks => (K + BlockSize - 1) / BlockSize;

        /// <summary>Bytes of packed zero points of a column.</summary>
        public int ZeroPointBytes => (Blocks * Bits + 7) / 8;

        public static Weights Read(Node node)
        {
            long k = node.Attributes.Int("K"), n = node.Attributes.Int("N"), bits = node.Attributes.Int("bits", 4), block = node.Attributes.Int("block_size");
            if (k is < 1 or > int.MaxValue / 2 || n is < 1 or > int.MaxValue) throw node.Error($"K {k} and N {n} must be positive");
            if (bits is not (4 or 8)) throw node.Error($"{bits} bits are not supported; supported: 4 and 8");
            if (block is < LeastBlock or > int.MaxValue / 2 || !BitOperations.IsPow2(block)) throw node.Error($"block_size {block} must be a power of 2 and at least {LeastBlock}");
            return new Weights((int)k, (int)n, (int)bits, (int)block);
        }
    }
}
