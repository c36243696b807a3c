using Edge.Onnx;
using Edge.Runtime.Tests.Sessions;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Reductions;

public class ReductionOperatorTests
{
    private static readonly int[] Dims = [2, 5, 3, 19];

    public static TheoryData<string> Reductions { get; } =
        ["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSumExp"];

    [Theory]
    [MemberData(nameof(Reductions))]
    public void Float_tensors_reduce_along_any_axes(string op)
    {
        foreach (long[] axes in (long[][])[[3], [1], [-1, -2], [0, 2], [1, 2], [0, 1, 2, 3], [0]])
        {
            foreach (long keep in (long[])[0, 1])
            {
                var proto = Graph().Initializer("axes", axes, axes.Length).Node(op, ["x", "axes"], ["y"], AttributeProto.Of("keepdims", keep)).Output("y").Build();
                EngineComparison.AssertAgrees(proto, [EngineComparison.Random(1, Dims)]);
            }
        }
    }

    [Fact]
    public void A_logarithm_of_a_sum_is_taken_of_positive_numbers()
    {
        var proto = Graph().Initializer("axes", [2L], 1).Node("Exp", ["x"], ["e"]).Node("ReduceLogSum", ["e", "axes"], ["y"]).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [EngineComparison.Random(1, Dims)]);
    }

    [Theory]
    [InlineData("ReduceSum", 1)]
    [InlineData("ReduceMax", 0)]
    public void Without_axes_everything_is_reduced_unless_the_node_says_nothing(string op, long noop)
    {
        var proto = Graph().Node(op, ["x"], ["y"], AttributeProto.Of("noop_with_empty_axes", noop)).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [EngineComparison.Random(1, Dims)]);
    }

    [Theory]
    [InlineData("ReduceSum")]
    [InlineData("ReduceMax")]
    [InlineData("ReduceMean")]
    public void Axes_were_an_attribute_before(string op)
    {
        var proto = Graph(opset: 11).Node(op, ["x"], ["y"], AttributeProto.Of("axes", [1L, 3])).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [EngineComparison.Random(1, Dims)]);
    }

    [Fact]
    public void Axes_that_only_a_run_brings_are_taken_then()
    {
        var proto = Graph().Input("axes", DataType.Int64, [1]).Node("ReduceSum", ["x", "axes"], ["y"]).Output("y").Build();
        foreach (long axis in (long[])[0, 2, -1])
            EngineComparison.AssertAgrees(proto, [EngineComparison.Random(1, Dims), Tensor.Create<long>(new Shape(1), [axis])]);
    }

    [Theory]
    [InlineData("ReduceSum")]
    [InlineData("ReduceMax")]
    [InlineData("ReduceMin")]
    [InlineData("ReduceProd")]
    public void Integers_reduce_exactly(string op)
    {
        var x = Tensor.Create<int>(new Shape(4, 7));
        for (int i = 0; i < x.Count; i++) x.AsSpan<int>()[i] = (i * 7919) % 13 - 6;
        var proto = new OnnxGraphBuilder(18).Input("x", DataType.Int32, [4, 7]).Initializer("axes", [1L], 1).Node(op, ["x", "axes"], ["y"]).Output("y").Build();
        EngineComparison.AssertAgrees(proto, [x]);
    }

    /// <summary>ONNX's types of each reduction; ONNX Runtime has fewer, so that the definition stands here.</summary>
    [Fact]
    public void Every_reduction_takes_every_type_that_ONNX_names()
    {
        foreach (DataType type in (DataType[])[DataType.Int32, DataType.Int64, DataType.UInt32, DataType.UInt64, DataType.Float64])
        {
            long[] numbers = type is DataType.UInt32 or DataType.UInt64 ? [3, 1, 4, 1, 5, 9] : [3, -1, 4, 1, -5, 9];
            double[] v = Array.ConvertAll(numbers, n => (double)n);
            foreach (var (op, value) in new (string, double)[]
            {
                ("ReduceSum", v.Sum()), ("ReduceMean", v.Average()), ("ReduceMax", v.Max()), ("ReduceMin", v.Min()), ("ReduceProd", v.Aggregate((a, b) => a * b)),
                ("ReduceL1", v.Sum(Math.Abs)), ("ReduceL2", Math.Sqrt(v.Sum(n => n * n))), ("ReduceSumSquare", v.Sum(n => n * n)),
                ("ReduceLogSum", Math.Log(v.Sum())), ("ReduceLogSumExp", Math.Log(v.Sum(Math.Exp))),
            })
            {
                Tensor y = new OperatorCase(op, 18).Input(Of(type, numbers)).OnEveryIsa()[0];
                Assert.Equal((type, new Shape(1)), (y.Type, y.Shape));
                Assert.Equal(type == DataType.Float64 ? value : Math.Truncate(value), TensorAssert.At(y, 0), 1e-12);
            }
        }
    }

    [Theory]
    [InlineData("ReduceSum", 0)]
    [InlineData("ReduceMean", double.NaN)]
    [InlineData("ReduceMax", double.NegativeInfinity)]
    [InlineData("ReduceMin", double.PositiveInfinity)]
    [InlineData("ReduceProd", 1)]
    [InlineData("ReduceL1", 0)]
    [InlineData("ReduceL2", 0)]
    [InlineData("ReduceSumSquare", 0)]
    [InlineData("ReduceLogSum", double.NegativeInfinity)]
    [InlineData("ReduceLogSumExp", double.NegativeInfinity)]
    public void An_empty_set_has_the_value_that_ONNX_gives_it(string op, double expected)
    {
        foreach (DataType type in (DataType[])[DataType.Float32, DataType.Float64])
        {
            Tensor y = new OperatorCase(op, 20).Input(Tensor.Create(type, new Shape(2, 0, 3))).Constant(Tensor.Create<long>(new Shape(1), [1])).OnEveryIsa()[0];
            Assert.Equal(new Shape(2, 1, 3), y.Shape);
            for (int i = 0; i < y.Count; i++) Assert.Equal(expected, TensorAssert.At(y, i));
        }

        Assert.Equal(new Shape(0, 1), new OperatorCase(op, 20).Input(Tensor.Create(DataType.Float32, new Shape(0, 3))).Constant(Tensor.Create<long>(new Shape(1), [1])).OnEveryIsa()[0].Shape);
        Assert.Equal(1, new OperatorCase(op, 20).Input(Tensor.Create(DataType.Int32, new Shape(0))).OnEveryIsa()[0].Count);
    }

    [Fact]
    public void A_scalar_is_a_set_of_one()
    {
        foreach (string op in Reductions.Select(r => r.Data)) new OperatorCase(op, 18).Input(Draw.Scalar(2.5f)).AgreesWithOnnxRuntime(1e-6);
    }

    [Theory]
    [InlineData("ArgMax", 1, 2)]
    [InlineData("ArgMin", 0, 3)]
    public void The_place_of_an_extreme_is_found_in_every_type(string op, long first, long last)
    {
        foreach (DataType type in (DataType[])[DataType.Int8, DataType.UInt8, DataType.Int32, DataType.Int64, DataType.UInt32, DataType.UInt64, DataType.Float64, DataType.Int16, DataType.UInt16])
        {
            OperatorCase Case(long end) => new OperatorCase(op, 13).Input(Of(type, [1, 7, 7, 1])).With(AttributeProto.Of("select_last_index", end));
            Assert.Equal(first, Case(0).OnEveryIsa()[0].AsSpan<long>()[0]);
            Assert.Equal(last, Case(1).OnEveryIsa()[0].AsSpan<long>()[0]);
        }
    }

    private static Tensor Of(DataType type, long[] numbers)
    {
        Tensor t = Tensor.Create(type, new Shape(numbers.Length));
        for (int i = 0; i < numbers.Length; i++)
        {
            switch (type)
            {
                case DataType.Int8: t.AsSpan<sbyte>()[i] = (sbyte)numbers[i]; break;
                case DataType.UInt8: t.AsSpan<byte>()[i] = (byte)numbers[i]; break;
                case DataType.Int16: t.AsSpan<short>()[i] = (short)numbers[i]; break;
                case DataType.UInt16: t.AsSpan<ushort>()[i] = (ushort)numbers[i]; break;
                case DataType.Int32: t.AsSpan<int>()[i] = (int)numbers[i]; break;
                case DataType.UInt32: t.AsSpan<uint>()[i] = (uint)numbers[i]; break;
                case DataType.Int64: t.AsSpan<long>()[i] = numbers[i]; break;
                case DataType.UInt64: t.AsSpan<ulong>()[i] = (ulong)numbers[i]; break;
                default: t.AsSpan<double>()[i] = numbers[i]; break;
            }
        }

        return t;
    }

    [Theory]
    [InlineData("Softmax", 13)]
    [InlineData("Softmax", 11)]
    [InlineData("LogSoftmax", 13)]
    [InlineData("LogSoftmax", 11)]
    public void Softmax_runs_along_every_axis_and_over_rows_as_it_used_to(string op, int opset)
    {
        foreach (long axis in (long[])[0, 1, 2, 3])
        {
            var proto = Graph(opset).Node(op, ["x"], ["y"], AttributeProto.Of("axis", axis)).Output("y").Build();
            EngineComparison.AssertAgrees(proto, [EngineComparison.Random(1, Dims)]);
        }
    }

    [Theory]
    [InlineData("ArgMax")]
    [InlineData("ArgMin")]
    public void The_place_of_an_extreme_is_the_first_or_the_last(string op)
    {
        var x = Tensor.Create<float>(new Shape(Dims));
        for (int i = 0; i < x.Count; i++) x.AsSpan<float>()[i] = i * 31 % 5; // many ties
        foreach (long axis in (long[])[0, 1, -1])
        {
            foreach (long last in (long[])[0, 1])
            {
                var proto = Graph().Node(op, ["x"], ["y"], AttributeProto.Of("axis", axis), AttributeProto.Of("select_last_index", last), AttributeProto.Of("keepdims", last)).Output("y").Build();
                EngineComparison.AssertAgrees(proto, [x]);
            }
        }
    }

    [Fact]
    public void Batch_normalization_takes_statistics_that_are_constants_or_inputs()
    {
        float[] scale = [1, -2, 0.5f, 3, 1], variance = [1, 0.25f, 4, 9, 0.01f];
        var fixedOnes = Graph(15).Initializer("s", scale, 5).Initializer("b", scale, 5).Initializer("m", variance, 5).Initializer("v", variance, 5)
            .Node("BatchNormalization", ["x", "s", "b", "m", "v"], ["y"], AttributeProto.Of("epsilon", 1e-3f)).Output("y").Build();
        EngineComparison.AssertAgrees(fixedOnes, [EngineComparison.Random(1, Dims)]);

        var free = Graph(15).Input("s", DataType.Float32, [5]).Initializer("b", scale, 5).Initializer("m", variance, 5).Initializer("v", variance, 5)
            .Node("BatchNormalization", ["x", "s", "b", "m", "v"], ["y"]).Output("y").Build();
        EngineComparison.AssertAgrees(free, [EngineComparison.Random(1, Dims), EngineComparison.Random(2, 5)]);
    }

    [Fact]
    public void Training_is_refused()
    {
        var proto = Graph(15).Initializer("s", [1f, 1, 1, 1, 1], 5)
            .Node("BatchNormalization", ["x", "s", "s", "s", "s"], ["y"], AttributeProto.Of("training_mode", 1L)).Output("y").Build();
        var e = Assert.Throws<ModelException>(() => new InferenceSession(Model.FromProto(proto, "m")));
        Assert.Contains("training_mode 1 is not supported", e.Message, StringComparison.Ordinal);
    }

    private static OnnxGraphBuilder Graph(int opset = 18) => new OnnxGraphBuilder(opset).Input("x", DataType.Float32, Array.ConvertAll(Dims, d => (long)d));
}
