using CsCheck;
using Edge.Kernels.Elementwise;
using Edge.Kernels.Threading;
using Edge.Tensors;
using Xunit;

namespace Edge.Kernels.Tests.Elementwise;

public sealed unsafe class BinaryTests
{
    public static TheoryData<BinaryFunction, DataType> Combinations
    {
        get
        {
            var data = new TheoryData<BinaryFunction, DataType>();
            foreach (var f in Enum.GetValues<BinaryFunction>())
                foreach (var t in Enum.GetValues<DataType>())
                    if (LaneSets.Scalar.Binary(f, t) is not null) data.Add(f, t);
            return data;
        }
    }

    /// <summary>An output shape, and two operands in which some axes are 1 or, in front, missing.</summary>
    private static readonly Gen<(int[] Out, int[] A, int[] B, int Seed)> s_case =
        from dims in Gen.OneOf(Gen.Const(1), Gen.Int[2, 5], Gen.Int[6, 40]).Array[0, 5].Where(d => d.Aggregate(1L, (p, x) => p * x) < 20000)
        from cutA in Gen.Bool.Array[dims.Length]
        from cutB in Gen.Bool.Array[dims.Length]
        from dropA in Gen.Int[0, dims.Length]
        from dropB in Gen.Int[0, dims.Length]
        from drop in Gen.Bool
        from seed in Gen.Int
        select (dims, Cut(dims, cutA, drop ? dropA : 0), Cut(dims, cutB, drop ? dropB : 0), seed);

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Broadcast_operands_give_what_single_elements_give(BinaryFunction f, DataType type)
    {
        s_case.Sample(
            c =>
            {
                Shape y = new(c.Out), a = new(c.A), b = new(c.B);
                var random = new Random(c.Seed);
                Tensor ta = RandomTensors.Create(type, a, random), tb = RandomTensors.Create(type, b, random);
                Tensor want = Naively(f, type, ta, tb, y);
                foreach (var (name, kernels) in LaneSets.All)
                {
                    Tensor got = Tensor.Create(want.Type, y);
                    kernels.Binary(f, type)!.Run(ta.Data, tb.Data, got.Data, Broadcast.To(y, a, b), WorkerPool.Inline);
                    AssertSame(name, want, got);
                }
            },
            iter: 60, threads: 1);
    }

    [Theory]
    [InlineData(BinaryFunction.Add)]
    [InlineData(BinaryFunction.Div)]
    public void The_output_may_lie_over_an_operand_and_work_may_be_split(BinaryFunction f)
    {
        using var pool = new WorkerPool(2);
        Shape y = new(3, 70, 421), row = new(421);
        var random = new Random(5);
        Tensor a = RandomTensors.Create(DataType.Float32, y, random), b = RandomTensors.Create(DataType.Float32, row, random);
        Tensor want = Naively(f, DataType.Float32, a, b, y);
        foreach (var (name, kernels) in LaneSets.All)
        {
            Tensor copy = a.Clone();
            kernels.Binary(f, DataType.Float32)!.Run(copy.Data, b.Data, copy.Data, Broadcast.To(y, y, row), pool);
            AssertSame(name, want, copy);
        }
    }

    [Fact]
    public void Dividing_integers_never_traps()
    {
        AssertInts(BinaryFunction.Div, [7, -7, int.MinValue, 5], [2, 2, -1, 0], [3, -3, int.MinValue, 0]);
        AssertInts(BinaryFunction.Mod, [7, -7, int.MinValue, 5, 7], [3, 3, -1, 0, -3], [1, 2, 0, 0, -2]);
        AssertInts(BinaryFunction.FMod, [7, -7, int.MinValue, 5, 7], [3, 3, -1, 0, -3], [1, -1, 0, 0, 1]);
        AssertInts(BinaryFunction.Pow, [3, -2, 5, 1, -1], [4, 3, -1, -1, -3], [81, -8, 0, 1, -1]);
    }

    [Fact]
    public void Shifting_by_the_width_or_more_leaves_nothing()
    {
        Tensor a = Tensor.Create<byte>(new Shape(4), [0xFF, 0xFF, 0xFF, 0xFF]), b = Tensor.Create<byte>(new Shape(4), [0, 7, 8, 200]), y = Tensor.Create<byte>(new Shape(4));
        LaneSets.Scalar.Binary(BinaryFunction.ShiftLeft, DataType.UInt8)!.Run(a.Data, b.Data, y.Data, Broadcast.To(a.Shape, a.Shape, b.Shape), WorkerPool.Inline);
        Assert.Equal([0xFF, 0x80, 0, 0], y.AsSpan<byte>().ToArray());
        LaneSets.Scalar.Binary(BinaryFunction.ShiftRight, DataType.UInt8)!.Run(a.Data, b.Data, y.Data, Broadcast.To(a.Shape, a.Shape, b.Shape), WorkerPool.Inline);
        Assert.Equal([0xFF, 1, 0, 0], y.AsSpan<byte>().ToArray());
    }

    [Fact]
    public void Max_and_min_give_NaN_if_either_is_NaN()
    {
        foreach (var (_, kernels) in LaneSets.All)
            foreach (var f in new[] { BinaryFunction.Max, BinaryFunction.Min })
            {
                Tensor a = Tensor.Create<float>(new Shape(2), [float.NaN, 1]), b = Tensor.Create<float>(new Shape(2), [1, float.NaN]);
                kernels.Binary(f, DataType.Float32)!.Run(a.Data, b.Data, a.Data, Broadcast.To(a.Shape, a.Shape, b.Shape), WorkerPool.Inline);
                Assert.All(a.AsSpan<float>().ToArray(), x => Assert.True(float.IsNaN(x)));
            }
    }

    [Fact]
    public void Powers_are_within_their_bound_and_follow_IEEE_754()
    {
        var random = new Random(1);
        for (int i = 0; i < 300_000; i++)
        {
            float x = BitConverter.Int32BitsToSingle(random.Next()), y = (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 3)));
            double exact = Math.Pow(x, y);
            float got = Power.Pow(x, y);
            if (double.IsNaN(exact)) Assert.True(float.IsNaN(got));
            else if (float.IsInfinity((float)exact)) Assert.Equal((float)exact, got);
            else if (Math.Abs(got - exact) > 0.51 * Math.ScaleB(1, Math.Max(exact == 0 ? -126 : Math.ILogB(exact), -126) - 23)) Assert.Fail($"{x:R}^{y:R} = {got:R}, exactly {exact:R}");
        }
        float[] special = [0, -0f, 1, -1, 0.5f, -0.5f, 2, -2, 3, -3, 0.3f, 1e-45f, float.MaxValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 16777216, 16777215];
        foreach (float x in special)
            foreach (float y in special)
            {
                float want = (float)Math.Pow(x, y);
                Assert.True(BitConverter.SingleToInt32Bits(want) == BitConverter.SingleToInt32Bits(Power.Pow(x, y)) || float.IsNaN(want) && float.IsNaN(Power.Pow(x, y)), $"{x}^{y} = {Power.Pow(x, y)}, not {want}");
            }
    }

    [Fact]
    public void Shapes_that_do_not_broadcast_are_told_apart()
    {
        Assert.False(Broadcast.TryShape([new Shape(2, 3), new Shape(2, 4)], out _));
        Assert.True(Broadcast.TryShape([new Shape(2, 1), new Shape(3), new Shape(5, 1, 1)], out Shape s));
        Assert.Equal(new Shape(5, 2, 3), s);
        Assert.True(Broadcast.TryShape([new Shape(0), new Shape(1)], out s));
        Assert.Equal(new Shape(0), s);
    }

    private static void AssertInts(BinaryFunction f, int[] a, int[] b, int[] want)
    {
        Tensor ta = Tensor.Create<int>(new Shape(a.Length), a), tb = Tensor.Create<int>(new Shape(a.Length), b);
        LaneSets.Scalar.Binary(f, DataType.Int32)!.Run(ta.Data, tb.Data, ta.Data, Broadcast.To(ta.Shape, ta.Shape, tb.Shape), WorkerPool.Inline);
        Assert.Equal(want, ta.AsSpan<int>().ToArray());
    }

    private static int[] Cut(int[] dims, bool[] cut, int drop) => [.. dims.Select((d, i) => cut[i] ? 1 : d).Skip(drop)];

    private static Tensor Naively(BinaryFunction f, DataType type, Tensor a, Tensor b, Shape shape)
    {
        bool predicate = f >= BinaryFunction.Equal;
        Tensor y = Tensor.Create(predicate ? DataType.Bool : type, shape);
        for (int i = 0; i < shape.Count; i++)
        {
            int ia = Index(i, shape, a.Shape), ib = Index(i, shape, b.Shape);
            if (type == DataType.Float32 && !predicate) y.AsSpan<float>()[i] = OfFloats(f, a.AsSpan<float>()[ia], b.AsSpan<float>()[ib]);
            else if (type == DataType.Float64 && !predicate) y.AsSpan<double>()[i] = OfDoubles(f, a.AsSpan<double>()[ia], b.AsSpan<double>()[ib]);
            else if (predicate) y.AsSpan<bool>()[i] = type == DataType.Bool ? OfBools(f, a.AsSpan<bool>()[ia], b.AsSpan<bool>()[ib]) : Holds(f, RandomTensors.Get(a, ia), RandomTensors.Get(b, ib));
            else RandomTensors.Set(y, i, OfIntegers(f, RandomTensors.Get(a, ia), RandomTensors.Get(b, ib)));
        }
        return y;
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

    private static float OfFloats(BinaryFunction f, float a, float b) => f switch
    {
        BinaryFunction.Add => a + b,
        BinaryFunction.Sub => a - b,
        BinaryFunction.Mul => a * b,
        BinaryFunction.Div => a / b,
        BinaryFunction.Max => a > b ? a : b,
        BinaryFunction.Min => a < b ? a : b,
        BinaryFunction.FMod => a % b,
        BinaryFunction.PRelu => a >= 0 ? a : a * b,
        BinaryFunction.Pow => Power.Pow(a, b),
        _ => throw new ArgumentOutOfRangeException(nameof(f)),
    };

    private static double OfDoubles(BinaryFunction f, double a, double b) => f switch
    {
        BinaryFunction.Add => a + b,
        BinaryFunction.Sub => a - b,
        BinaryFunction.Mul => a * b,
        BinaryFunction.Div => a / b,
        BinaryFunction.Max => a > b ? a : b,
        BinaryFunction.Min => a < b ? a : b,
        BinaryFunction.FMod => a % b,
        BinaryFunction.PRelu => a >= 0 ? a : a * b,
        BinaryFunction.Pow => Math.Pow(a, b),
        _ => throw new ArgumentOutOfRangeException(nameof(f)),
    };

    private static Int128 OfIntegers(BinaryFunction f, Int128 a, Int128 b) => f switch
    {
        BinaryFunction.Add => a + b,
        BinaryFunction.Sub => a - b,
        BinaryFunction.Mul => a * b,
        BinaryFunction.Div => b == 0 ? 0 : a / b,
        BinaryFunction.Max => a > b ? a : b,
        BinaryFunction.Min => a < b ? a : b,
        BinaryFunction.Mod => b == 0 ? 0 : (a % b + b) % b,
        BinaryFunction.FMod => b == 0 ? 0 : a % b,
        BinaryFunction.PRelu => a >= 0 ? a : a * b,
        BinaryFunction.Pow => Power128(a, b),
        BinaryFunction.BitAnd => a & b,
        BinaryFunction.BitOr => a | b,
        BinaryFunction.BitXor => a ^ b,
        BinaryFunction.ShiftLeft => a << (int)b,
        BinaryFunction.ShiftRight => a >> (int)b,
        _ => throw new ArgumentOutOfRangeException(nameof(f)),
    };

    private static Int128 Power128(Int128 a, Int128 b)
    {
        if (b < 0) return a == 1 ? 1 : a == -1 ? (b % 2 == 0 ? 1 : -1) : 0;
        Int128 y = 1;
        for (Int128 i = 0; i < b; i++) y = unchecked((Int128)((UInt128)y * (UInt128)a));
        return y;
    }

    private static bool Holds(BinaryFunction f, Int128 a, Int128 b) => f switch
    {
        BinaryFunction.Equal => a == b,
        BinaryFunction.Greater => a > b,
        BinaryFunction.GreaterOrEqual => a >= b,
        BinaryFunction.Less => a < b,
        BinaryFunction.LessOrEqual => a <= b,
        _ => throw new ArgumentOutOfRangeException(nameof(f)),
    };

    private static bool OfBools(BinaryFunction f, bool a, bool b) => f switch
    {
        BinaryFunction.And => a && b,
        BinaryFunction.Or => a || b,
        BinaryFunction.Xor => a != b,
        BinaryFunction.Equal => a == b,
        _ => throw new ArgumentOutOfRangeException(nameof(f)),
    };

    private static void AssertSame(string isa, Tensor want, Tensor got)
    {
        if (want.Bytes.SequenceEqual(got.Bytes)) return;
        for (int i = 0; i < want.Count; i++)
        {
            if (want.Type == DataType.Float32 && (want.AsSpan<float>()[i].Equals(got.AsSpan<float>()[i]))) continue;
            if (want.Type == DataType.Float64 && (want.AsSpan<double>()[i].Equals(got.AsSpan<double>()[i]))) continue;
            int n = want.Type.Size();
            if (!want.Bytes.Slice(i * n, n).SequenceEqual(got.Bytes.Slice(i * n, n))) Assert.Fail($"{isa}: element {i} of {want.Shape} differs");
        }
    }
}
