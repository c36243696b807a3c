using Edge.Onnx;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Text;

/// <summary>Strings through operators that move, compare and choose elements of any type, and through Cast.</summary>
public class StringMovementTests
{
    private static readonly Tensor s_words = Tensor.FromStrings(new Shape(2, 3), "eins", "", "drei", "vier", "eins", "日本");

    [Fact]
    public void Movement_operators_move_strings()
    {
        new OperatorCase("Reshape").Input(s_words).Constant(Tensor.Create<long>(new Shape(2), [3, 2])).EverywhereWithOnnxRuntime();
        new OperatorCase("Transpose").Input(s_words).EverywhereWithOnnxRuntime();
        new OperatorCase("Gather").Input(s_words).Input(Tensor.Create<long>(new Shape(2), [2, -1])).With(AttributeProto.Of("axis", 1L)).EverywhereWithOnnxRuntime();
        new OperatorCase("Concat").Input(s_words).Constant(s_words).With(AttributeProto.Of("axis", 0L)).EverywhereWithOnnxRuntime();
        new OperatorCase("Tile").Input(s_words).Constant(Tensor.Create<long>(new Shape(2), [1, 2])).EverywhereWithOnnxRuntime();
        new OperatorCase("Slice").Input(s_words).Constant(Tensor.Create<long>(new Shape(1), [1])).Constant(Tensor.Create<long>(new Shape(1), [3]))
            .Constant(Tensor.Create<long>(new Shape(1), [1])).EverywhereWithOnnxRuntime();
        new OperatorCase("Where").Input(new Draw(1).Tensor(DataType.Bool, 0, 1, 2, 3)).Input(s_words).Constant(Tensor.FromStrings(Shape.Scalar, "sonst")).EverywhereWithOnnxRuntime();
        new OperatorCase("Split").Input(s_words).Constant(Tensor.Create<long>(new Shape(2), [1, 2])).Outputs(2).With(AttributeProto.Of("axis", 1L)).EverywhereWithOnnxRuntime();
    }

    [Fact]
    public void Equal_compares_text() =>
        new OperatorCase("Equal", 19).Input(s_words).Input(Tensor.FromStrings(new Shape(3), "eins", "x", "日本")).EverywhereWithOnnxRuntime();

    [Fact]
    public void Numbers_are_written_and_read_as_ONNX_Runtime_does()
    {
        float[] floats = [0, -0f, 1, -1.5f, 0.1f, 314.15926f, 1e-5f, 1e-4f, 1e7f, 123456789f, 1e8f, 1e20f, float.NaN, float.PositiveInfinity, float.NegativeInfinity];
        ToString(Tensor.Create<float>(new Shape(floats.Length), floats));
        double[] doubles = [0.1, 1e-5, 1e17, 123456789012345678, -2.5, double.NaN];
        ToString(Tensor.Create<double>(new Shape(doubles.Length), doubles));
        ToString(Tensor.Create<long>(new Shape(3), [long.MinValue, 0, long.MaxValue]));
        ToString(Tensor.Create<byte>(new Shape(2), [0, 255]));
        ToString(Tensor.Create<bool>(new Shape(2), [true, false]));

        FromString(DataType.Float32, "1", "-2.5", "1e-3", " 7 ", "NaN", "inf", "-INF");
        FromString(DataType.Float64, "0.1", "1e300");
        FromString(DataType.Int64, "-9223372036854775808", "12");
        FromString(DataType.Int32, "-12", "+7");

        static void ToString(Tensor t) => new OperatorCase("Cast").Input(t).With(AttributeProto.Of("to", (long)DataType.String)).EverywhereWithOnnxRuntime();
        static void FromString(DataType to, params string[] texts) =>
            new OperatorCase("Cast").Input(Tensor.FromStrings(new Shape(texts.Length), texts)).With(AttributeProto.Of("to", (long)to)).EverywhereWithOnnxRuntime();
    }

    [Theory]
    [InlineData("abc", DataType.Float32, "the string 'abc' is no float")]
    [InlineData("1.5", DataType.Int64, "the string '1.5' is no int64")]
    [InlineData("300", DataType.UInt8, "the string '300' is no uint8")]
    [InlineData("", DataType.Float32, "the string '' is no float")]
    public void A_string_that_is_no_number_ends_the_run(string text, DataType to, string reason) =>
        Assert.Contains(reason, new OperatorCase("Cast").Input(Tensor.FromStrings(new Shape(1), text)).With(AttributeProto.Of("to", (long)to)).Refusal(), StringComparison.Ordinal);

    [Fact]
    public void Arithmetic_on_strings_is_refused()
    {
        foreach (string op in (string[])["Add", "Mul", "Greater", "Mod", "And", "MatMul", "Max"])
            Assert.Contains("of type string is not supported", new OperatorCase(op).Input(s_words).Input(s_words).Refusal(), StringComparison.Ordinal);
        foreach (string op in (string[])["Relu", "NonZero", "Exp", "ReduceSum", "ArgMax", "Softmax", "EyeLike", "GlobalAveragePool"])
            Assert.Contains("of type string is not supported", new OperatorCase(op).Input(s_words).Refusal(), StringComparison.Ordinal);
        Tensor indices = Tensor.Create<long>(new Shape(1, 2), [0, 1]);
        Assert.Contains("of type string is not supported", new OperatorCase("ScatterElements", 18).Input(s_words).Input(indices).Input(Tensor.FromStrings(new Shape(1, 2), "a", "b"))
            .With(AttributeProto.Of("reduction", "add")).Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Types_that_attributes_ask_for_cannot_be_strings_where_numbers_are_made()
    {
        Tensor count = Tensor.Create<long>(Shape.Scalar, [4]);
        foreach (var (op, opset, x, attribute) in ((string, int, Tensor, string)[])[
            ("Bernoulli", 15, new Draw(1).Float(3), "dtype"), ("HannWindow", 17, count, "output_datatype"), ("EyeLike", 17, new Draw(1).Float(2, 2), "dtype"),
            ("BitCast", 26, Tensor.Create<long>(new Shape(1)), "to"), ("RandomNormalLike", 17, new Draw(1).Float(3), "dtype")])
            new OperatorCase(op, opset).Input(x).With(AttributeProto.Of(attribute, (long)DataType.String)).Refusal();
    }

    [Fact]
    public void A_cast_on_the_way_to_text_is_not_left_out()
    {
        // As a double the number has an exponent, as an integer it has none. (ONNX Runtime leaves the cast out.)
        var model = new OnnxGraphBuilder().Input("x", DataType.Int32, 1)
            .Node("Cast", ["x"], ["d"], AttributeProto.Of("to", (long)DataType.Float64)).Node("Cast", ["d"], ["y"], AttributeProto.Of("to", (long)DataType.String)).Output("y").Build();
        foreach (bool optimize in (bool[])[true, false])
        {
            using var session = new InferenceSession(Model.FromProto(model, "casts"), new SessionOptions { Optimize = optimize });
            Assert.Equal(["1.2345679e+09"], session.Run(Tensor.Create<int>(new Shape(1), [1_234_567_890]))[0].ToStrings());
        }
    }

    [Fact]
    public void A_tensor_whose_strings_are_too_few_or_no_text_is_refused()
    {
        static string Refusal(TensorProto t) => Assert.Throws<ModelException>(() =>
        {
            using var model = Model.FromProto(new OnnxGraphBuilder().Initializer(t).Node("Identity", ["t"], ["y"]).Output("y").Build(), "strings");
            using var session = new InferenceSession(model);
            session.Run();
        }).Message;

        TensorProto few = OnnxGraphBuilder.Tensor("t", ["a", "b"]);
        few.Dims = [3];
        Assert.Contains("2 strings in string_data do not fill shape [3]", Refusal(few), StringComparison.Ordinal);
        Assert.Contains("a string is not UTF-8", Refusal(new TensorProto { Name = "t", DataType = 8, Dims = [1], StringData = [new byte[] { 0xFF }] }), StringComparison.Ordinal);
        Assert.Contains("do not fill", Refusal(new TensorProto { Name = "t", DataType = 8, Dims = [1], RawData = new byte[8] }), StringComparison.Ordinal);
    }

    [Fact]
    public void Constants_may_be_strings()
    {
        var builder = new OnnxGraphBuilder()
            .Node("Constant", [], ["a"], AttributeProto.Of("value_strings", (IEnumerable<string>)["x", "y"]))
            .Node("Constant", [], ["b"], AttributeProto.Of("value_string", "z"))
            .Node("Unsqueeze", ["b", "zero"], ["c"]).Initializer("zero", new long[] { 0 }, 1)
            .Node("Concat", ["a", "c"], ["y"], AttributeProto.Of("axis", 0L)).Output("y");
        using var session = new InferenceSession(Model.FromProto(builder.Build(), "constants"));
        Assert.Equal(["x", "y", "z"], session.Run()[0].ToStrings());
    }
}
