using Edge.Onnx;
using Edge.Runtime.Tests.Passes.Patterns;
using Xunit;

namespace Edge.Runtime.Tests.Passes;

public class ChannelJoinTests
{
    private static readonly AttributeProto s_channels = AttributeProto.Of("axis", 1L);

    /// <summary>A convolution to some channels that keeps the size of the picture.</summary>
    private static string Conv(WrittenOut g, string x, int inputs, int outputs, int kernel, int seed, long group = 1)
    {
        long pad = kernel / 2;
        return g.Node("Conv", [x, g.Constant(seed, outputs, inputs / (int)group, kernel, kernel), g.Constant(seed + 1, outputs)], AttributeProto.Of("pads", [pad, pad, pad, pad]), AttributeProto.Of("group", group));
    }

    /// <summary>The plan but for transpositions, which results need that are returned.</summary>
    private static string Plan(WrittenOut g, params string[] outputs) => string.Join(' ', g.PlanOf(outputs).Where(o => o != "Transpose"));

    [Theory]
    [InlineData(1, 6, 5, 16, 16)]
    [InlineData(2, 7, 9, 3, 33)]
    [InlineData(1, 13, 4, 64, 1)]
    [InlineData(3, 1, 2, 5, 17)]
    public void Convolutions_write_where_they_are_concatenated(int batch, int height, int width, int first, int second)
    {
        var g = new WrittenOut(17, batch, 8, height, width);
        string a = g.Node("Relu", [Conv(g, "x", 8, first, 1, 1)]), b = g.Node("Sigmoid", [Conv(g, "x", 8, second, 3, 3)]);
        string y = g.Node("Concat", [a, b], s_channels);
        Assert.Equal("Conv Conv Conv", Plan(g, Conv(g, y, first + second, 4, 1, 5)));
    }

    [Fact]
    public void They_are_computed_in_the_order_of_the_model()
    {
        var g = new WrittenOut(17, 1, 8, 6, 5);
        string a = Conv(g, "x", 8, 5, 1, 1), b = Conv(g, "x", 8, 6, 3, 3), c = Conv(g, "x", 8, 7, 1, 5);
        Assert.Equal("Conv Conv Conv", Plan(g, g.Node("Concat", [c, a, b], s_channels)));
    }

    [Fact]
    public void What_no_convolution_computes_is_copied()
    {
        var g = new WrittenOut(17, 2, 8, 6, 5);
        string p = g.Node("MaxPool", ["x"], AttributeProto.Of("kernel_shape", [3L, 3]), AttributeProto.Of("pads", [1L, 1, 1, 1]));
        string y = g.Node("Concat", [p, Conv(g, "x", 8, 3, 1, 1), "x", Conv(g, p, 8, 6, 3, 3)], s_channels);
        Assert.Equal("MaxPool Conv Conv Completion Conv", Plan(g, Conv(g, y, 25, 4, 1, 5)));
    }

    [Fact]
    public void Groups_of_several_channels_are_written_too()
    {
        var g = new WrittenOut(17, 1, 8, 6, 5);
        string y = g.Node("Concat", [Conv(g, "x", 8, 6, 3, 1, group: 2), Conv(g, "x", 8, 40, 3, 3)], s_channels);
        Assert.Equal("Conv Conv Conv", Plan(g, Conv(g, y, 46, 4, 1, 5)));
    }

    [Fact]
    public void One_dimension_is_enough()
    {
        var g = new WrittenOut(17, 2, 8, 11);
        string a = g.Node("Conv", ["x", g.Constant(1, 5, 8, 3)]), b = g.Node("Conv", ["x", g.Constant(2, 20, 8, 3)]);
        Assert.Equal("Conv Conv", Plan(g, g.Node("Concat", [a, b], s_channels)));
    }

    [Theory]
    [InlineData("another reader")]
    [InlineData("depthwise")]
    [InlineData("a sum")]
    [InlineData("returned")]
    [InlineData("the same twice")]
    public void What_cannot_be_written_among_others_is_copied(string what)
    {
        var g = new WrittenOut(17, 1, 8, 6, 5);
        string part = what switch
        {
            "depthwise" => Conv(g, "x", 8, 8, 3, 1, group: 8),
            "a sum" => g.Node("Add", [Conv(g, "x", 8, 8, 3, 1), "x"]),
            _ => Conv(g, "x", 8, 8, 3, 1),
        };
        string other = what == "the same twice" ? part : Conv(g, "x", 8, 3, 1, 3);
        string y = g.Node("Concat", [part, other], s_channels);
        string result = Conv(g, y, what == "the same twice" ? 16 : 11, 4, 1, 5);
        string[] outputs = what switch
        {
            "another reader" => [result, g.Node("Relu", [g.Node("MaxPool", [part], AttributeProto.Of("kernel_shape", [2L, 2]))])],
            "returned" => [result, part],
            _ => [result],
        };
        Assert.Contains(what == "the same twice" ? "Concat" : "Completion", Plan(g, outputs));
    }

    [Fact]
    public void The_joined_tensor_may_be_part_of_another_one()
    {
        // The head of a detector: for each anchor its numbers, one after the other.
        var g = new WrittenOut(17, 1, 8, 6, 5);
        string half = g.Node("MaxPool", ["x"], AttributeProto.Of("kernel_shape", [2L, 2]), AttributeProto.Of("strides", [2L, 2]));
        var levels = new List<string>();
        foreach (var (x, pixels) in ((string, long)[])[("x", 30), (half, 6)])
        {
            string y = g.Node("Concat", [Conv(g, x, 8, 4, 1, 1), g.Node("Sigmoid", [Conv(g, x, 8, 1, 1, 3)]), g.Node("Sigmoid", [Conv(g, x, 8, 9, 1, 5)])], s_channels);
            levels.Add(g.Node("Reshape", [y, g.Ints(1, 14, pixels)]));
        }

        string all = g.Node("Concat", [.. levels], AttributeProto.Of("axis", 2L));
        string[] plan = [.. g.PlanOf(g.Node("Transpose", [all], AttributeProto.Of("perm", [0L, 2, 1])))];
        Assert.Equal("Transpose MaxPool Conv Conv Conv Conv Conv Conv", string.Join(' ', plan));
    }

    [Fact]
    public void Joined_tensors_are_concatenated_again()
    {
        var g = new WrittenOut(17, 1, 8, 6, 5);
        string inner = g.Node("Concat", [Conv(g, "x", 8, 4, 3, 1), Conv(g, "x", 8, 5, 1, 3)], s_channels);
        string y = g.Node("Concat", [inner, Conv(g, inner, 9, 6, 3, 5)], s_channels);
        Assert.Equal("Conv Conv Conv Completion Conv", Plan(g, Conv(g, y, 15, 4, 1, 7)));
    }
}
