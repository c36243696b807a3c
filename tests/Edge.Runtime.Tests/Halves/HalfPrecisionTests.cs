using System.Runtime.InteropServices;
using Edge.Onnx;
using Edge.Runtime.Tests.Operators;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Halves;

public sealed class HalfPrecisionTests
{
    /// <summary>Two units in the last place of float16.</summary>
    private const double Close = 1.0 / 512;

    public static TheoryData<string, int> Operators => new()
    {
        { "Relu", 1 }, { "Sigmoid", 1 }, { "Softmax", 1 }, { "LogSoftmax", 1 }, { "Sqrt", 1 }, { "Erf", 1 }, { "ReduceMean", 1 },
        { "ArgMax", 1 }, { "Transpose", 1 }, { "Identity", 1 }, { "Add", 2 }, { "Mul", 2 }, { "Max", 2 }, { "Pow", 2 }, { "Equal", 2 }, { "Greater", 2 },
        { "Concat", 2 },
    };

    [Theory]
    [MemberData(nameof(Operators))]
    public void An_operator_takes_float16_inputs_and_constants(string op, int inputs)
    {
        AttributeProto[] attributes = op == "Concat" ? [AttributeProto.Of("axis", 0L)] : [];
        foreach (bool constant in (bool[])[false, true])
        {
            OperatorCase test = new OperatorCase(op).Input(Halves(1, 0.1, 4, 3, 17)).With(attributes);
            if (inputs == 2) _ = constant ? test.Constant(Halves(2, 0.1, 4, 3, 17)) : test.Input(Halves(2, 0.1, 4, 3, 17));
            test.EverywhereWithOnnxRuntime(Close, Close);
        }
    }

    [Fact]
    public void A_result_is_that_of_float32_rounded_once()
    {
        // In float16 arithmetic 2048 + 1 is 2048, twice.
        ModelProto proto = new OnnxGraphBuilder().Input("x", DataType.Float16, [1]).Initializer("one", new[] { (Half)1 }, 1)
            .Node("Add", ["x", "one"], ["a"]).Node("Reshape", ["a", "shape"], ["b"]).Initializer("shape", new[] { 1L, 1L })
            .Node("Add", ["b", "one"], ["y"]).Output("y").Build();
        Tensor y = Run(proto, Tensor.Create<Half>(new Shape(1), [(Half)2048]))[0];
        Assert.Equal((Half)2050, y.AsSpan<Half>()[0]);
        Assert.Equal(["cast_float16_float", "add_f32", "add_f32", "cast_float_float16"], Kernels(proto).Where(k => !k.Contains("view")).Select(WithoutIsa));
    }

    [Fact]
    public void An_explicit_rounding_stays()
    {
        foreach (string between in (string[])["Identity", "Transpose"])
        {
            ModelProto proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [2])
                .Node("Cast", ["x"], ["h"], AttributeProto.Of("to", (long)DataType.Float16)).Node("Neg", ["h"], ["n"])
                .Node(between, ["h"], ["m"]).Node("Cast", ["m"], ["y"], AttributeProto.Of("to", (long)DataType.Float32)).Output("y").Output("n").Build();
            IReadOnlyList<Tensor> y = Run(proto, Tensor.Create<float>(new Shape(2), [2049, 0.1f]));
            Assert.Equal([2048, (float)(Half)0.1f], y[0].AsSpan<float>().ToArray());
            Assert.Equal([(Half)(-2048), (Half)(-0.1f)], y[1].AsSpan<Half>().ToArray());
        }
    }

    [Fact]
    public void A_result_that_is_used_and_returned_is_rounded_where_it_is_returned()
    {
        ModelProto proto = new OnnxGraphBuilder().Input("x", DataType.Float16, [1]).Node("Add", ["x", "x"], ["a"]).Node("Relu", ["a"], ["y"])
            .Output("a").Output("y").Build();
        IReadOnlyList<Tensor> y = Run(proto, Tensor.Create<Half>(new Shape(1), [(Half)1.5]));
        Assert.Equal((Half)3, y[0].AsSpan<Half>()[0]);
        Assert.Equal((Half)3, y[1].AsSpan<Half>()[0]);
    }

    [Fact]
    public void Integers_that_follow_from_halves_are_not_touched()
    {
        ModelProto proto = new OnnxGraphBuilder().Input("x", DataType.Float16, [3]).Node("Neg", ["x"], ["n"]).Node("Shape", ["n"], ["s"])
            .Node("Cast", ["n"], ["i"], AttributeProto.Of("to", (long)DataType.Int32)).Output("s").Output("i").Build();
        IReadOnlyList<Tensor> y = Run(proto, Tensor.Create<Half>(new Shape(3), [(Half)1, (Half)(-2), (Half)3]));
        Assert.Equal([3L], y[0].AsSpan<long>().ToArray());
        Assert.Equal([-1, 2, -3], y[1].AsSpan<int>().ToArray());
    }

    [Fact]
    public void A_type_attribute_gives_halves_and_they_can_be_computed_with()
    {
        ModelProto proto = new OnnxGraphBuilder().Input("x", DataType.Float32, [2, 2])
            .Node("EyeLike", ["x"], ["e"], AttributeProto.Of("dtype", (long)DataType.Float16))
            .Initializer("shape", new[] { 2L, 2L })
            .Node("ConstantOfShape", ["shape"], ["c"], AttributeProto.Of("value", OnnxGraphBuilder.Tensor("v", new[] { (Half)3 }, 1)))
            .Node("CastLike", ["x", "c"], ["h"]).Node("Sum", ["e", "c", "h"], ["y"]).Output("y").Build();
        Tensor y = Run(proto, Tensor.Create<float>(new Shape(2, 2), [1, 2, 3, 4]))[0];
        Assert.Equal([(Half)5, (Half)5, (Half)6, (Half)8], y.AsSpan<Half>().ToArray());
    }

    [Fact]
    public void Bfloat16_goes_in_and_out()
    {
        ModelProto proto = new OnnxGraphBuilder().Input("x", DataType.BFloat16, [3]).Node("Relu", ["x"], ["r"]).Node("Add", ["r", "r"], ["y"]).Output("y").Build();
        Tensor x = Tensor.Create(DataType.BFloat16, new Shape(3));
        ((ushort[])[0x3F80, 0xBF80, 0x4049]).CopyTo(MemoryMarshal.Cast<byte, ushort>(x.Bytes));
        Tensor y = Run(proto, x)[0];
        Assert.Equal(DataType.BFloat16, y.Type);
        Assert.Equal([0x4000, 0, 0x40C9], MemoryMarshal.Cast<byte, ushort>(y.Bytes).ToArray());
    }

    [Fact]
    public void Shapes_that_a_run_decides_may_hold_halves()
    {
        ModelProto proto = new OnnxGraphBuilder().Input("x", DataType.Float16, [4]).Input("c", DataType.Bool, [4])
            .Node("Compress", ["x", "c"], ["k"]).Node("Exp", ["k"], ["e"]).Node("Add", ["e", "k"], ["y"]).Output("y")
            .Node("Neg", ["x"], ["n"]).Node("Compress", ["n", "c"], ["m"]).Output("m").Build();
        Tensor x = Tensor.Create<Half>(new Shape(4), [(Half)0, (Half)1, (Half)2, (Half)3]);
        foreach (bool optimize in (bool[])[true, false])
        {
            using InferenceSession session = new(Model.FromProto(proto, "half"), new SessionOptions { Optimize = optimize, Threads = 1 });
            foreach (bool[] c in (bool[][])[[true, false, true, false], [true, true, true, true], [false, false, true, true]])
            {
                IReadOnlyList<Tensor> y = session.Run(x, Tensor.Create<bool>(new Shape(4), c));
                double[] kept = [.. Enumerable.Range(0, 4).Where(i => c[i]).Select(i => (double)i)];
                Assert.Equal(kept.Length, y[0].Count);
                for (int i = 0; i < kept.Length; i++) Assert.Equal(kept[i] + Math.Exp(kept[i]), (double)y[0].AsSpan<Half>()[i], 0.02);
                Assert.Equal(kept.Select(k => (Half)(-k)), y[1].AsSpan<Half>().ToArray());
            }
        }
    }

    [Theory]
    [InlineData(true, 4)]
    [InlineData(false, -3)]
    public void Branches_take_and_return_halves(bool condition, double expected)
    {
        GraphProto Branch(string name, string op, string[] inputs) => new OnnxGraphBuilder().Node(op, inputs, [name]).Output(name, DataType.Float16, 1).BuildGraph();
        ModelProto proto = new OnnxGraphBuilder().Input("x", DataType.Float16, [1]).Input("c", DataType.Bool).Initializer("one", new[] { (Half)1 }, 1)
            .Node("Add", ["x", "one"], ["a"])
            .Node("If", ["c"], ["i"], AttributeProto.Of("then_branch", Branch("t", "Add", ["a", "one"])), AttributeProto.Of("else_branch", Branch("e", "Neg", ["a"])))
            .Node("Identity", ["i"], ["y"]).Output("y").Build();
        Tensor y = Run(proto, Tensor.Create<Half>(new Shape(1), [(Half)2]), Tensor.Create<bool>(Shape.Scalar, [condition]))[0];
        Assert.Equal((Half)expected, y.AsSpan<Half>()[0]);
    }

    [Fact]
    public void Quantized_chains_with_scales_in_half_precision_become_integer_operators()
    {
        var draw = new Draw(5);
        var b = new OnnxGraphBuilder(21).Input("x", DataType.Float16, [1, 4, 6, 6]).Initializer("s", new[] { (Half)0.0625 }).Initializer("z", new byte[] { 128 })
            .Initializer("wq", draw.Bytes(DataType.Int8, 8, 4, 3, 3).AsSpan<sbyte>().ToArray(), 8, 4, 3, 3).Initializer("ws", new[] { (Half)0.015625 });
        ModelProto proto = b.Node("QuantizeLinear", ["x", "s", "z"], ["q"]).Node("DequantizeLinear", ["q", "s", "z"], ["d"]).Node("DequantizeLinear", ["wq", "ws"], ["w"])
            .Node("Conv", ["d", "w"], ["c"]).Node("QuantizeLinear", ["c", "s", "z"], ["cq"]).Node("DequantizeLinear", ["cq", "s", "z"], ["y"]).Output("y").Build();
        string[] kernels = Kernels(proto);
        Assert.DoesNotContain(kernels, k => k.Contains("conv_f32"));
        Assert.Equal(DataType.Float16, Run(proto, Halves(3, -4, 4, 1, 4, 6, 6))[0].Type);
    }

    private static string WithoutIsa(string kernel) => kernel.Contains("_f32_") ? kernel[..(kernel.IndexOf("_f32_", StringComparison.Ordinal) + 4)] : kernel;

    private static string[] Kernels(ModelProto proto)
    {
        using InferenceSession session = new(Model.FromProto(proto, "half"), new SessionOptions { Threads = 1 });
        return [.. session.Describe().Steps.Select(s => s.Kernel)];
    }

    private static IReadOnlyList<Tensor> Run(ModelProto proto, params Tensor[] inputs)
    {
        using InferenceSession session = new(Model.FromProto(proto, "half"), new SessionOptions { Threads = 1 });
        return [.. session.Run(inputs).Select(t => t.Clone())];
    }

    private static Tensor Halves(int seed, double low, double high, params int[] dims)
    {
        Tensor wide = new Draw(seed).Tensor(DataType.Float32, low, high, dims);
        return Tensor.Create<Half>(wide.Shape, Array.ConvertAll(wide.AsSpan<float>().ToArray(), v => (Half)v));
    }
}
