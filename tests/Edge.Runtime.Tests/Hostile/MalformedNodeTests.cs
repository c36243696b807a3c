using Edge.Onnx;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Hostile;

/// <summary>Nodes with too few or too many inputs and outputs, and values that no operator expects.</summary>
public class MalformedNodeTests
{
    private static OnnxGraphBuilder X(int opset = 21) => new OnnxGraphBuilder(opset).Input("x", DataType.Float32, 2, 3);

    [Theory]
    [InlineData("Relu")]
    [InlineData("Softmax")]
    [InlineData("Shape")]
    [InlineData("Identity")]
    public void A_node_without_outputs_does_nothing(string opType)
    {
        var y = HostileModel.Run(X().Node(opType, ["x"], []).Node(opType, ["x"], [""]).Node("Neg", ["x"], ["y"]).Output("y"), HostileModel.Floats(2, 3));
        Assert.Equal(new Shape(2, 3), y[0].Shape);
    }

    [Fact]
    public void An_operator_may_be_asked_for_its_second_output_alone()
    {
        var x = Tensor.Create<float>(new Shape(2, 3), [1, 3, 2, 6, 5, 4]);
        var indices = HostileModel.Run(X().Initializer("k", [1L], 1).Node("TopK", ["x", "k"], ["", "i"]).Output("i"), x);
        Assert.Equal([1L, 0L], indices[0].AsSpan<long>());
    }

    [Fact]
    public void The_mask_of_a_dropout_may_be_returned_alone()
    {
        var mask = HostileModel.Run(X().Node("Dropout", ["x"], ["y", "z"]).Output("z"), HostileModel.Floats(2, 3));
        Assert.All(mask[0].AsSpan<bool>().ToArray(), Assert.True);
    }

    [Fact]
    public void Quantizing_takes_no_more_than_three_inputs()
    {
        // Found by fuzzing: the pass that makes tables of functions took the fourth for a constant.
        var model = X().Initializer("s", new float[] { 0.1f }).Initializer("z", new byte[] { 3 })
            .Node("QuantizeLinear", ["x", "s", "z"], ["q"]).Node("DequantizeLinear", ["q", "s", "z"], ["d"]).Node("Tanh", ["d"], ["t"])
            .Node("QuantizeLinear", ["t", "s", "z", "d"], ["r"]).Node("DequantizeLinear", ["r", "s", "z"], ["y"]).Output("y");
        Assert.Contains("the node has 4 inputs; the operator takes 3", Assert.Throws<ModelException>(() => new InferenceSession(Model.FromProto(model.Build(), "test"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_quantized_product_needs_its_scales()
    {
        var model = new OnnxGraphBuilder().Input("a", DataType.UInt8, 2, 2).Initializer("b", new byte[4], 2, 2).Initializer("s", [1f])
            .Node("com.microsoft", "QGemm", ["a", "", "", "b", "s"], ["y"]).Output("y");
        HostileModel.AssertRefused("is required and missing", model, Tensor.Create<byte>(new Shape(2, 2)));
    }

    [Theory]
    [InlineData("Relu")]
    [InlineData("Add", "x")]
    [InlineData("Concat")]
    public void Outputs_that_the_operator_does_not_have_are_refused(string opType, params string[] more)
    {
        AttributeProto[] axis = opType == "Concat" ? [AttributeProto.Of("axis", 0)] : [];
        HostileModel.AssertRefused("output 1", X().Node(opType, ["x", .. more], ["y", "z"], axis).Output("z"), HostileModel.Floats(2, 3));
    }

    [Theory]
    [InlineData("Shape")]
    [InlineData("Size")]
    [InlineData("Cast")]
    [InlineData("RandomUniformLike")]
    [InlineData("Bernoulli")]
    [InlineData("ConstantOfShape")]
    [InlineData("Relu")]
    [InlineData("Mod", "", "x")]
    [InlineData("Reshape", "x")]
    [InlineData("Expand", "x")]
    [InlineData("Tile", "x")]
    [InlineData("Add", "x", "")]
    public void Inputs_that_the_operator_needs_must_be_there(string opType, params string[] inputs)
    {
        AttributeProto[] to = opType == "Cast" ? [AttributeProto.Of("to", 1)] : [];
        HostileModel.AssertRefused("is required and missing", X().Node(opType, inputs, ["y"], to).Output("y"), HostileModel.Floats(2, 3));
    }

    [Fact]
    public void A_recurrent_node_needs_its_weights()
    {
        var model = new OnnxGraphBuilder(21).Input("x", DataType.Float32, 2, 3, 4).Initializer("r", new float[9], 1, 3, 3)
            .Node("RNN", ["x", "", "r"], ["y"], AttributeProto.Of("hidden_size", 3)).Output("y");
        HostileModel.AssertRefused("input 1 is required and missing", model, HostileModel.Floats(2, 3, 4));
    }

    [Fact]
    public void An_addition_takes_two_inputs() =>
        HostileModel.AssertRefused("3 inputs are given", X().Node("Add", ["x", "x", "x"], ["y"]).Output("y"), HostileModel.Floats(2, 3));

    /// <summary>Tables on the stack, and everything that looks at each input for each input.</summary>
    [Theory]
    [InlineData(8000)]
    [InlineData(300_000)]
    public void A_node_does_not_have_any_number_of_inputs(int count)
    {
        string[] inputs = [.. Enumerable.Repeat("c", count)];
        var model = X().Initializer("c", new float[100], 100).Node("Concat", inputs, ["y"], AttributeProto.Of("axis", 0)).Output("y");
        if (count > 8192) HostileModel.AssertRefused("300000 inputs", model);
        else Assert.Equal(new Shape(100 * count), HostileModel.Run(model, HostileModel.Floats(2, 3))[0].Shape);
    }

    [Fact]
    public void Tensors_have_no_more_axes_than_kernels_count_with()
    {
        var ones = Enumerable.Repeat(1L, 40).ToArray();
        HostileModel.AssertRefused("axes; supported: 16", X().Initializer("s", ones, 40).Node("Expand", ["x", "s"], ["y"]).Output("y"), HostileModel.Floats(2, 3));
        HostileModel.AssertRefused("axes; supported: 16", X().Input("s", DataType.Int64, 40).Node("Expand", ["x", "s"], ["y"]).Output("y"), HostileModel.Floats(2, 3), HostileModel.Longs(ones));
        HostileModel.AssertRefused("axes; supported: 16", X().Initializer(OnnxGraphBuilder.Tensor("c", new float[1], ones)).Node("Add", ["x", "c"], ["y"]).Output("y"), HostileModel.Floats(2, 3));
        HostileModel.AssertRefused("axes; supported: 16", new OnnxGraphBuilder().Input("x", DataType.Float32, ones).Node("Relu", ["x"], ["y"]).Output("y"));
    }

    [Fact]
    public void A_bool_of_the_file_is_0_or_1()
    {
        var model = X().Initializer(new TensorProto { Name = "c", DataType = (int)ElementType.Bool, Dims = [3], RawData = new byte[] { 0, 2, 1 } })
            .Node("Where", ["c", "x", "x"], ["y"]).Output("y");
        HostileModel.AssertRefused("neither 0 nor 1", model, HostileModel.Floats(2, 3));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(14)] // complex64
    [InlineData(19)] // float8
    [InlineData(257)] // float, in its lowest byte
    [InlineData(-255)]
    public void An_input_of_no_type_that_tensors_have_is_refused(int type)
    {
        var builder = X();
        builder.Node("Identity", ["x"], ["y"]).Output("y");
        builder.Build().Graph!.Inputs[0].Type!.Tensor!.ElemType = type;
        HostileModel.AssertRefused("no element type", builder, HostileModel.Floats(2, 3));
    }

    [Fact]
    public void An_input_larger_than_memory_is_refused() =>
        HostileModel.AssertRefused("more than 2147483647 elements", new OnnxGraphBuilder().Input("x", DataType.Float32, 1 << 20, 1 << 20).Node("Relu", ["x"], ["y"]).Output("y"));

    [Fact]
    public void Sizes_to_split_a_sequence_by_are_integers()
    {
        var model = X().Initializer("s", new float[] { 1, 1 }, 2).Node("SplitToSequence", ["x", "s"], ["q"]).Node("SequenceLength", ["q"], ["n"]).Output("n");
        HostileModel.AssertRefused("int64 or int32", model, HostileModel.Floats(2, 3));
    }

    [Fact]
    public void A_sequence_does_not_stack_more_axes_than_kernels_know()
    {
        var model = new OnnxGraphBuilder().Input("x", DataType.Float32, 1);
        for (int i = 0; i < 40; i++)
            model.Node("SequenceConstruct", [i == 0 ? "x" : $"x{i}"], [$"q{i}"]).Node("ConcatFromSequence", [$"q{i}"], [$"x{i + 1}"], AttributeProto.Of("axis", 0L), AttributeProto.Of("new_axis", 1L));
        HostileModel.AssertRefused("41 axes", model.Node("ReduceSum", ["x40"], ["y"], AttributeProto.Of("keepdims", 0L)).Output("y"), HostileModel.Floats(1));
    }

    [Fact]
    public void Rows_of_one_element_are_normalized()
    {
        var x = Tensor.Create<float>(new Shape(2, 3, 1, 1), [1, 2, 3, 4, 5, 6]);
        var model = new OnnxGraphBuilder(13).Input("x", DataType.Float32, 2, 3, 1, 1).Node("MeanVarianceNormalization", ["x"], ["y"], AttributeProto.Of("axes", 2L, 3L)).Output("y");
        Assert.All(HostileModel.Run(model, x)[0].AsSpan<float>().ToArray(), y => Assert.Equal(0, y));
    }
}
