using System.Numerics;
using Edge.Kernels.Sampling;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Regions;

/// <summary>
/// RoiAlign of float32 and float64: mean or maximum of samples in the bins of regions. Before opset 16 regions are
/// measured between the centres of elements.
/// </summary>
internal sealed class RoiAlignOperator() : Operator("RoiAlign", "", 10, OperatorCatalog.LatestOpset)
{
    private const int Regions = 1, Images = 2, MaxBins = 4096;

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
        c.RequireType(Regions, c.Type(0));
        c.RequireType(Images, DataType.Int64);
        c.RequireRank(0, 4, 4);
        RegionImages.Require(c, Regions, Images);
        var g = Geometry(c.Node, c.Shape(0));
        int count = c.Shape(Regions)[0];
        c.Output(0, c.Type(0), g.ChannelsLast ? new Shape(count, g.OutHeight, g.OutWidth, g.Channels) : new Shape(count, g.Channels, g.OutHeight, g.OutWidth));
    }

    public override Executor Prepare(PrepareContext c)
    {
        var g = Geometry(c.Node, c.Shape(0));
        int images = c.Shape(0)[0], count = c.Shape(Regions)[0];
        return c.Type(0) == DataType.Float32
            ? new RoiAlignExecutor<float>(c.Node.Path, g, images, count, c.Threads)
            : new RoiAlignExecutor<double>(c.Node.Path, g, images, count, c.Threads);
    }

    private static RoiAlignGeometry Geometry(Node node, Shape x)
    {
        bool last = ConvAttributes.ChannelsLast(node);
        int height = Positive(node, "output_height", 1), width = Positive(node, "output_width", 1);
        long ratio = node.Attributes.Int("sampling_ratio", 0);
        if (ratio is < 0 or > 1024) throw node.Error($"sampling_ratio {ratio} is not supported; supported: 0 to 1024");
        bool max = node.Attributes.String("mode", "avg") switch
        {
            "avg" => false,
            "max" => true,
            var mode => throw node.Error($"mode '{mode}' is not supported; supported: avg, max"),
        };
        bool half = node.Opset >= 16 && node.Attributes.String("coordinate_transformation_mode", "half_pixel") switch
        {
            "half_pixel" => true,
            "output_half_pixel" => false,
            var mode => throw node.Error($"coordinate_transformation_mode '{mode}' is not supported; supported: half_pixel, output_half_pixel"),
        };
        var (channels, h, w) = last ? (x[3], x[1], x[2]) : (x[1], x[2], x[3]);
        if (h == 0 || w == 0) throw node.Error($"an input {x} without elements cannot be sampled");
        return new RoiAlignGeometry(channels, h, w, height, width, (int)ratio, node.Attributes.Float("spatial_scale", 1), half, max, last);
    }

    private static int Positive(Node node, string name, long fallback)
    {
        long v = node.Attributes.Int(name, fallback);
        return v is >= 1 and <= MaxBins ? (int)v : throw node.Error($"{name} {v} is not supported; supported: 1 to {MaxBins}");
    }
}

internal sealed unsafe class RoiAlignExecutor<T>(string path, RoiAlignGeometry geometry, int images, int count, int threads) : Executor
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly RoiAlignKernel<T> _kernel = new(geometry);

    public override string Kernel { get; } =
        $"roi_align_{(geometry.Max ? "max" : "avg")}_{DataTypeExtensions.Of<T>().OnnxName()}{(geometry.ChannelsLast ? "_channels_last" : "")}";

    public override long Work => (long)((double)count * geometry.Channels * geometry.OutHeight * geometry.OutWidth * Math.Max(1, geometry.SamplingRatio) * Math.Max(1, geometry.SamplingRatio));

    // Each thread's part is a multiple of the element's size.
    public override nint ScratchBytes => threads * _kernel.ScratchBytes;

    public override void Execute(in StepContext c)
    {
        long* of = c.Input<long>(2);
        RegionImages.Validate(path, of, count, images);
        _kernel.Run(c.Input<T>(0), c.Input<T>(1), of, c.Output<T>(0), count, c.Scratch, c.Pool);
    }
}
