using Edge.Onnx;
using Edge.Runtime.Tests.Passes.Patterns;
using Xunit;

namespace Edge.Runtime.Tests.Passes.Movement;

/// <summary>Between convolutions over channels-last pictures, so that every layout change would show up in the plan.</summary>
public class ChannelMovesTests
{
    private static AttributeProto Perm(params long[] perm) => AttributeProto.Of("perm", perm);

    private static AttributeProto Axis(long axis) => AttributeProto.Of("axis", axis);

    /// <summary>A convolution to <paramref name="channels"/> channels of 4×5 pixels, of a picture <c>[batch, 4, 5, 3]</c>.</summary>
    private static (WrittenOut Graph, string Value) Start(int channels, int batch = 1)
    {
        var g = new WrittenOut(17, batch, 4, 5, 3);
        return (g, g.Node("Conv", [g.Node("Transpose", ["x"], Perm(0, 3, 1, 2)), g.Constant(1, channels, 3, 1, 1)]));
    }

    private static string End(WrittenOut g, string x, int channels) =>
        g.Node("Transpose", [g.Node("Conv", [x, g.Constant(2, 2, channels, 1, 1)])], Perm(0, 2, 3, 1));

    private static string Shuffle(WrittenOut g, string x, int batch, int groups, int channels)
    {
        string r = g.Node("Reshape", [x, g.Ints(batch, groups, channels / groups, 4, 5)]);
        return g.Node("Reshape", [g.Node("Transpose", [r], Perm(0, 2, 1, 3, 4)), g.Ints(batch, channels, 4, 5)]);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(1, 4)]
    public void A_channel_shuffle_is_one_copy_in_the_layout_of_the_convolutions(int batch, int groups)
    {
        var (g, c) = Start(8, batch);
        g.Becomes([End(g, Shuffle(g, c, batch, groups, 8), 8)], "Conv", "ChannelShuffle", "Conv");
    }

    [Fact]
    public void Halves_of_shuffled_channels_are_taken_from_the_channels_before()
    {
        var (g, c) = Start(8);
        string[] halves = g.Nodes("Split", [Shuffle(g, c, 1, 2, 8)], 2, Axis(1));
        string y = g.Node("Concat", [g.Node("Relu", [halves[0]]), g.Node("Tanh", [halves[1]])], Axis(1));
        g.Becomes([End(g, y, 8)], "Conv", "ChannelShuffle", "ChannelShuffle", "Relu", "Tanh", "Concat", "Conv");
    }

    [Fact]
    public void Parts_that_cut_through_a_group_are_taken_from_the_shuffled_channels()
    {
        var (g, c) = Start(8);
        string[] parts = g.Nodes("Split", [Shuffle(g, c, 1, 2, 8), g.Ints(3, 5)], 2, Axis(1));
        string y = g.Node("Concat", [g.Node("Relu", [parts[0]]), g.Node("Tanh", [parts[1]])], Axis(1));
        g.Becomes([End(g, y, 8)], "Conv", "ChannelShuffle", "Split", "Relu", "Tanh", "Concat", "Conv");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Every_other_channel_is_a_slice_however_it_is_written(long which)
    {
        var (g, c) = Start(8);
        string r = g.Node("Reshape", [c, g.Ints(4, 2, 20)]);
        string u = g.Node("Reshape", [g.Node("Transpose", [r], Perm(1, 0, 2)), g.Ints(2, -1, 4, 4, 5)]);
        g.Becomes([End(g, g.Node("Gather", [u, g.Index(which)], Axis(0)), 4)], "Conv", "Slice", "Conv");
    }

    [Fact]
    public void Reshapes_that_lead_back_disappear()
    {
        var (g, c) = Start(8);
        string y = g.Node("Reshape", [g.Node("Reshape", [c, g.Ints(1, 8, 20)]), g.Ints(1, 8, 4, 5)]);
        g.Becomes([End(g, y, 8)], "Conv", "Conv");
    }

    [Fact]
    public void A_shuffle_of_pixels_is_no_shuffle_of_channels()
    {
        var (g, c) = Start(8);
        string r = g.Node("Reshape", [c, g.Ints(1, 8, 2, 2, 5)]);
        string y = g.Node("Reshape", [g.Node("Transpose", [r], Perm(0, 1, 3, 2, 4)), g.Ints(1, 8, 4, 5)]);
        g.Becomes([End(g, y, 8)], "Conv", "Move", "Transpose", "Conv");
    }
}
