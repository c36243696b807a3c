using Edge.Onnx;
using Edge.Runtime.Tests.Passes.Patterns;
using Xunit;

namespace Edge.Runtime.Tests.Passes;

/// <summary>Heads of detectors: scores, boxes and landmarks of one tensor.</summary>
public class SiblingFusionTests
{
    [Theory]
    [InlineData(11)]
    [InlineData(17)]
    public void Narrow_convolutions_of_one_tensor_are_one(int opset)
    {
        var g = new WrittenOut(opset, 2, 5, 6, 8);
        string x = Start(g);
        g.Becomes(End(g, Head(g, x, 1), Head(g, x, 4, bias: false), Head(g, x, 10, relu: false, bias: false), Head(g, x, 2, relu: false), g.Node("Neg", [x])), "Exp", "Conv", "Split", "Conv", "Split", "Neg");
    }

    [Fact]
    public void So_are_depthwise_ones_behind_each_of_them()
    {
        var g = new WrittenOut(17, 1, 5, 6, 8);
        string x = Start(g);
        string[] heads = [.. new[] { 1, 4, 10 }.Select(channels => Depthwise(g, Head(g, x, channels, relu: false), channels))];
        g.Becomes(End(g, [.. heads.Select(h => g.Node("Sigmoid", [h]))]), "Exp", "Conv", "Conv", "Split");
    }

    [Fact]
    public void Those_that_are_read_elsewhere_too_are_split_first()
    {
        var g = new WrittenOut(17, 1, 5, 6, 8);
        string x = Start(g), a = Head(g, x, 3), b = Head(g, x, 5);
        g.Becomes(End(g, g.Node("Neg", [Depthwise(g, a, 3)]), Depthwise(g, b, 5), g.Node("Exp", [a])), "Exp", "Conv", "Split", "Conv", "Neg", "Conv", "Exp");
    }

    [Theory]
    [InlineData("wide")]
    [InlineData("many")]
    [InlineData("larger kernel")]
    [InlineData("stride")]
    [InlineData("another tensor")]
    [InlineData("read by too many")]
    public void Others_stay(string what)
    {
        var g = new WrittenOut(17, 1, 5, 6, 8);
        string x = Start(g);
        string[] heads = what switch
        {
            "wide" => [Head(g, x, 17), Head(g, x, 4)],
            "many" => [Head(g, x, 16), Head(g, x, 16), Head(g, x, 1)],
            "larger kernel" => [Head(g, x, 3), g.Node("Conv", [x, g.Constant(3, 4, 8, 3, 3)], AttributeProto.Of("pads", [1L, 1, 1, 1]))],
            "stride" => [Head(g, x, 3, relu: false), g.Node("Conv", [x, g.Constant(3, 4, 8, 1, 1)], AttributeProto.Of("strides", [2L, 2]))],
            "read by too many" => [Head(g, x, 3), Head(g, x, 4), .. Enumerable.Range(0, 63).Select(i => g.Node("Mul", [x, g.Scalar(i + 2)]))],
            _ => [Head(g, x, 3), Head(g, g.Node("Neg", [x]), 4)],
        };
        g.Becomes(End(g, heads), ["Exp", .. what == "another tensor" ? new[] { "Conv", "Neg", "Conv" } : [.. heads.Select((_, i) => what == "read by too many" && i > 1 ? "Mul" : "Conv")]]);
    }

    /// <summary>Channels-last, so that the layout moves nothing.</summary>
    private static string Start(WrittenOut g) => g.Node("Transpose", [g.Node("Exp", ["x"])], AttributeProto.Of("perm", [0L, 3, 1, 2]));

    private static string[] End(WrittenOut g, params string[] results) => [.. results.Select(r => g.Node("Transpose", [r], AttributeProto.Of("perm", [0L, 2, 3, 1])))];

    private static string Head(WrittenOut g, string x, int channels, bool relu = true, bool bias = true)
    {
        string w = g.Constant(channels, channels, 8, 1, 1), y = g.Node("Conv", bias ? [x, w, g.Constant(50 + channels, channels)] : [x, w], AttributeProto.Of("kernel_shape", [1L, 1]));
        return relu ? g.Node("Relu", [y]) : y;
    }

    private static string Depthwise(WrittenOut g, string x, int channels) =>
        g.Node("Conv", [x, g.Constant(90 + channels, channels, 1, 3, 3), g.Constant(95 + channels, channels)], AttributeProto.Of("pads", [1L, 1, 1, 1]), AttributeProto.Of("group", (long)channels));
}
