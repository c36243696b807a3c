using Edge.Kernels.Sampling;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Sampling;

/// <summary>
/// GridSample of float32 and float64: <c>[N, C, spatial…]</c> read at the points of <c>[N, output…, axes]</c>, whose
/// coordinates are shares of the axes. Two spatial axes before opset 20, one to three from then on.
/// </summary>
internal sealed class GridSampleOperator(string domain, int minOpset, int maxOpset) : Operator("GridSample", domain, minOpset, maxOpset)
{
    public override LayoutRole Layout => LayoutRole.Follows;

    public override bool TakesLayout(Node node, int input) => input == 0;

    public override bool ToChannelsLast(Node node, ModelGraph graph, int rank)
    {
        node.Attributes.Set("channels_last", 1L);
        return true;
    }

    public override void Infer(InferContext c)
    {
        c.RequireType(0, DataType.Float32, DataType.Float64);
        c.RequireType(1, c.Type(0));
        c.RequireRank(0, HasAnyRank(c.Node) ? 3 : 4, HasAnyRank(c.Node) ? 5 : 4);
        var x = c.Shape(0);
        var grid = c.Shape(1);
        if (grid.Rank != x.Rank || grid[0] != x[0] || grid[^1] != x.Rank - 2)
            throw c.Error($"grid {grid} does not fit input {x}; it must be [{x[0]}, output…, {x.Rank - 2}] of rank {x.Rank}");
        var g = Geometry(c.Node, x, grid);
        int[] output = grid.ToArray()[1..^1];
        if (g.Input.Contains(0) && g.Pixels > 0) throw c.Error($"an input {x} without elements cannot be sampled");
        c.Output(0, c.Type(0), new Shape(g.ChannelsLast ? [x[0], .. output, g.Channels] : [x[0], g.Channels, .. output]));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var g = Geometry(c.Node, c.Shape(0), c.Shape(1));
        return c.Type(0) == DataType.Float32 ? new GridSampleExecutor<float>(g) : new GridSampleExecutor<double>(g);
    }

    private static GridSampleGeometry Geometry(Node node, Shape x, Shape grid)
    {
        bool last = ConvAttributes.ChannelsLast(node);
        int[] spatial = last ? x.ToArray()[1..^1] : x.ToArray()[2..];
        return new GridSampleGeometry(
            x[0], last ? x[^1] : x[1], spatial, grid.Product(1, grid.Rank - 1), Mode(node), Padding(node), node.Attributes.Int("align_corners", 0) != 0, last);
    }

    private static bool HasAnyRank(Node node) => node.Domain.Length == 0 && node.Opset >= 20;

    /// <summary>Opset 20 renamed the modes.</summary>
    private static SampleMode Mode(Node node) => node.Attributes.String("mode", HasAnyRank(node) ? "linear" : "bilinear") switch
    {
        "nearest" => SampleMode.Nearest,
        "linear" or "bilinear" => SampleMode.Linear,
        "cubic" or "bicubic" => SampleMode.Cubic,
        var mode => throw node.Error($"mode '{mode}' is not supported; supported: nearest, linear (bilinear), cubic (bicubic)"),
    };

    private static SamplePadding Padding(Node node) => node.Attributes.String("padding_mode", "zeros") switch
    {
        "zeros" => SamplePadding.Zeros,
        "border" => SamplePadding.Border,
        "reflection" => SamplePadding.Reflection,
        var mode => throw node.Error($"padding_mode '{mode}' is not supported; supported: zeros, border, reflection"),
    };
}
