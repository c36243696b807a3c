using Edge.Onnx;
using Edge.Runtime.Tests.Passes.Patterns;
using Edge.Runtime.Tests.Sessions;
using Edge.Tensors;
using Xunit;

namespace Edge.Runtime.Tests.Passes;

public class SpaceToDepthFusionTests
{
    private static AttributeProto Axis(long axis) => AttributeProto.Of("axis", axis);

    private static AttributeProto Pads(params long[] pads) => AttributeProto.Of("pads", pads);

    /// <summary>The slices of a focus layer: for each part the first row and column; every <paramref name="height"/>th and <paramref name="width"/>th.</summary>
    private static string Focus(WrittenOut g, long height, long width, params (long Row, long Column)[] parts)
    {
        var slices = new List<string>();
        foreach (var (row, column) in parts)
        {
            string rows = g.Node("Slice", ["x", g.Ints(row), g.Ints(long.MaxValue), g.Ints(2), g.Ints(height)]);
            slices.Add(g.Node("Slice", [rows, g.Ints(column), g.Ints(long.MaxValue), g.Ints(3), g.Ints(width)]));
        }

        return g.Node("Concat", [.. slices], Axis(1));
    }

    [Theory]
    [InlineData(1, 3, 8, 12, 3, 1, 1)]
    [InlineData(2, 3, 14, 10, 3, 1, 2)]
    [InlineData(1, 1, 6, 6, 2, 0, 1)]
    [InlineData(1, 4, 6, 30, 1, 0, 1)]
    [InlineData(3, 2, 2, 2, 1, 0, 1)]
    public void Slices_of_every_other_pixel_become_a_larger_kernel(int batch, int channels, int height, int width, int kernel, long pad, long stride)
    {
        var g = new WrittenOut(17, batch, channels, height, width);
        string f = Focus(g, 2, 2, (0, 0), (1, 0), (0, 1), (1, 1));
        string c = g.Node("Conv", [f, g.Constant(1, 5, 4 * channels, kernel, kernel), g.Constant(2, 5)], Pads(pad, pad, pad, pad), AttributeProto.Of("strides", [stride, stride]));
        Assert.Equal(["Conv"], g.PlanOf(c).Where(o => o != "Transpose"));
    }

    [Fact]
    public void Blocks_need_not_be_square_nor_their_pixels_in_order()
    {
        var g = new WrittenOut(17, 1, 3, 6, 12);
        string f = Focus(g, 2, 3, (1, 2), (0, 0), (1, 0), (0, 2), (1, 1), (0, 1));
        g.Becomes([g.Node("Conv", [f, g.Constant(1, 7, 18, 3, 2)], Pads(1, 0, 0, 1))], "Transpose", "Conv", "Transpose");
    }

    [Fact]
    public void SpaceToDepth_becomes_a_larger_kernel()
    {
        var g = new WrittenOut(17, 2, 3, 8, 12);
        string s = g.Node("SpaceToDepth", ["x"], AttributeProto.Of("blocksize", 4L));
        g.Becomes([g.Node("Conv", [s, g.Constant(1, 6, 48, 1, 2)], AttributeProto.Of("auto_pad", "VALID"))], "Transpose", "Conv", "Transpose");
    }

    [Fact]
    public void What_is_affine_before_the_slices_folds_into_the_weights()
    {
        var g = new WrittenOut(17, 1, 2, 4, 4);
        string scaled = g.Node("Div", ["x", g.Scalar(3)]);
        string s = g.Node("SpaceToDepth", [scaled], AttributeProto.Of("blocksize", 2L));
        g.Becomes([g.Node("Conv", [s, g.Constant(1, 6, 8, 1, 1)])], "Transpose", "Conv", "Transpose");
    }

    [Theory]
    [InlineData("rows that no block has")]
    [InlineData("a pixel twice")]
    [InlineData("not all pixels")]
    [InlineData("groups")]
    [InlineData("dilation")]
    [InlineData("another reader")]
    [InlineData("many channels")]
    public void Anything_else_stays(string what)
    {
        var g = new WrittenOut(17, 1, what == "many channels" ? 5 : 2, what == "rows that no block has" ? 9 : 8, 8);
        string f = what switch
        {
            "rows that no block has" => Last(g),
            "a pixel twice" => Focus(g, 2, 2, (0, 0), (1, 0), (0, 1), (0, 1)),
            "not all pixels" => Focus(g, 2, 2, (0, 0), (1, 0), (0, 1)),
            _ => Focus(g, 2, 2, (0, 0), (1, 0), (0, 1), (1, 1)),
        };
        int channels = what switch { "not all pixels" => 6, "many channels" => 20, "groups" => 4, _ => 8 };
        AttributeProto[] attributes = what == "groups" ? [AttributeProto.Of("group", 2L)] : what == "dilation" ? [AttributeProto.Of("dilations", [2L, 1])] : [];
        string c = g.Node("Conv", [f, g.Constant(1, 6, channels, 2, 2)], attributes);
        string[] outputs = what == "another reader" ? [c, g.Node("Exp", [f])] : [c];
        Assert.Contains(g.PlanOf(outputs), o => o is "Move" or "Slice");
    }

    /// <summary>Of nine rows the first eight.</summary>
    private static string Last(WrittenOut g)
    {
        var slices = new List<string>();
        for (long row = 0; row < 2; row++)
            for (long column = 0; column < 2; column++)
                slices.Add(g.Node("Slice", ["x", g.Ints(row, column), g.Ints(8, 8), g.Ints(2, 3), g.Ints(2, 2)]));
        return g.Node("Concat", [.. slices], Axis(1));
    }

    [Theory]
    [InlineData(DataType.UInt8)]
    [InlineData(DataType.Int8)]
    public void Quantized_slices_become_a_larger_kernel(DataType type)
    {
        var g = new QdqGraph(type, 1, 3, 8, 10);
        string x = g.Round("x");
        var parts = new List<string>();
        foreach (var (row, column) in ((long, long)[])[(0, 0), (1, 0), (0, 1), (1, 1)])
            parts.Add(g.Round(g.Node("Slice", [x, g.Constant([row, column]), g.Constant([8L, 10]), g.Constant([2L, 3]), g.Constant([2L, 2])])));
        string f = g.Round(g.Node("Concat", [.. parts], Axis(1)));
        var proto = g.Build(g.Round(g.Node("Conv", [f, g.Weights(3, 6, 12, 3, 3)], Pads(1, 1, 1, 1)), 0.05f));
        EngineComparison.AssertWithinStep(proto, [QdqGraph.Input(1, 3, 8, 10)], 0.05f);
        Assert.Equal("QuantizeLinear QLinearConv DequantizeLinear", string.Join(' ', QdqGraph.Plan(proto)));
    }
}
