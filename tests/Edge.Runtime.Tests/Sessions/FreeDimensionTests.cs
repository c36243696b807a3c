using Edge.Onnx;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Sessions;

/// <summary>What is wrong with a model is said when the session is made, although nobody knows its free dimensions yet.</summary>
public class FreeDimensionTests
{
    private static OnnxGraphBuilder Model() => new OnnxGraphBuilder().Input("x", DataType.Float32, "batch", 4, "length").Input("d", DataType.Float64, "batch", 4, "length");

    private static string Refusal(OnnxGraphBuilder model) =>
        Assert.Throws<ModelException>(() => new InferenceSession(Edge.Runtime.Model.FromProto(model.Build(), "test"))).Message;

    [Fact]
    public void A_name_that_nothing_writes() =>
        Assert.Equal("test: Relu 'Relu_0' reads 'gone', which nothing before it writes", Refusal(Model().Node("Relu", ["gone"], ["y"]).Output("y")));

    [Fact]
    public void An_output_that_nothing_writes() =>
        Assert.Equal("test: graph output 'z' is written by no node", Refusal(Model().Node("Relu", ["x"], ["y"]).Output("z")));

    [Fact]
    public void An_attribute_that_is_unknown() =>
        Assert.Equal("test: Relu 'Relu_0': attribute 'slope' is not supported", Refusal(Model().Node("Relu", ["x"], ["y"], AttributeProto.Of("slope", 1)).Output("y")));

    [Fact]
    public void An_attribute_with_a_value_that_does_not_exist() => Assert.Contains("SAME_SIDEWAYS", Refusal(Model().Initializer("w", new float[12], 1, 4, 3)
        .Node("Conv", ["x", "w"], ["y"], AttributeProto.Of("auto_pad", "SAME_SIDEWAYS")).Output("y")), StringComparison.Ordinal);

    [Fact]
    public void A_type_that_is_not_supported() => Assert.Contains("of type double is not supported", Refusal(Model().Initializer("w", new double[12], 1, 4, 3)
        .Node("Conv", ["d", "w"], ["y"]).Output("y")), StringComparison.Ordinal);

    [Fact]
    public void Fixed_channels_that_do_not_fit() =>
        Assert.Contains("Conv 'Conv_0'", Refusal(Model().Initializer("w", new float[15], 1, 5, 3).Node("Conv", ["x", "w"], ["y"]).Output("y")), StringComparison.Ordinal);

    [Theory]
    [InlineData(7)]
    [InlineData(1000)]
    public void Sizes_that_no_guess_has_do_not_matter(int length)
    {
        // Only one length fits.
        var proto = Model().Initializer("shape", new long[] { -1, 4, length }).Node("Reshape", ["x", "shape"], ["r"]).Initializer("w", new float[length], length, 1).Node("MatMul", ["r", "w"], ["y"]).Output("y").Build();
        using var session = new InferenceSession(Edge.Runtime.Model.FromProto(proto, "test"));
        Assert.Equal(new Shape(2, 4, 1), session.Run(Tensor.Create<float>(new Shape(2, 4, length)), Tensor.Create<double>(new Shape(2, 4, 1)))[0].Shape);
    }
}
