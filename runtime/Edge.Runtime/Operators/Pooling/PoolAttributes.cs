using Edge.Kernels.Pooling;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators.Conv;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Pooling;

/// <summary>
/// The attributes that pooling operators share (<c>kernel_shape strides dilations pads auto_pad ceil_mode channels_last</c>),
/// resolved against the shape of the input.
/// </summary>
internal static class PoolAttributes
{
    private const int MaxSpatial = 3;

    /// <summary>Whether input and output are <c>[N, spatial…, C]</c> instead of <c>[N, C, spatial…]</c>.</summary>
    public static bool ChannelsLast(Node node) => node.OpType == "NhwcMaxPool" || node.Attributes.Int("channels_last", 0) != 0;

    /// <summary>
    /// The axes of the windows; a channels-first tensor is N·C images of one channel.
    /// </summary>
    /// <exception cref="Onnx.ModelException">Something does not fit together, or is not supported.</exception>
    public static PoolGeometry Read(Node node, Shape x)
    {
        int[] input = Spatial(node, x);
        int n = input.Length;
        if (node.Attributes.Ints("kernel_shape") is null) throw node.Error("attribute 'kernel_shape' is required and missing");
        int[] kernel = ConvAttributes.PerAxis(node, "kernel_shape", n), strides = ConvAttributes.PerAxis(node, "strides", n), dilations = ConvAttributes.PerAxis(node, "dilations", n);
        if (kernel.Aggregate(1.0, (p, k) => p * k) > int.MaxValue) throw node.Error($"kernel_shape [{string.Join(',', kernel)}] has more than {int.MaxValue} elements");
        var auto = ConvAttributes.ReadAutoPad(node);
        var (before, after) = ConvAttributes.ExplicitPads(node, n);
        bool ceil = node.Attributes.Int("ceil_mode", 0) != 0;
        var axes = new PoolAxis[n];
        for (int i = 0; i < n; i++)
        {
            long reach = (long)dilations[i] * (kernel[i] - 1) + 1;
            ConvAttributes.RequireLength(node, i, Math.Max(reach, (long)input[i] + before[i] + after[i]));
            if (before[i] >= reach || after[i] >= reach) throw node.Error($"padding {before[i]} and {after[i]} of spatial axis {i} must be less than the window, which reaches over {reach}");
            axes[i] = auto is AutoPad.SameUpper or AutoPad.SameLower
                ? Same(input[i], kernel[i], reach, strides[i], dilations[i], auto == AutoPad.SameUpper)
                : Padded(node, ceil, input[i], kernel[i], reach, strides[i], dilations[i], auto == AutoPad.Valid ? 0 : before[i], auto == AutoPad.Valid ? 0 : after[i]);
        }

        return Geometry(node, x, axes);
    }

    /// <summary>One window over all spatial axes.</summary>
    public static PoolGeometry Global(Node node, Shape x) => Geometry(node, x, Array.ConvertAll(Spatial(node, x), PoolAxis.Whole));

    /// <summary>The shape of the output, in the layout of the input.</summary>
    public static Shape OutputShape(Node node, Shape x, in PoolGeometry g)
    {
        int[] dims = x.ToArray();
        int first = ChannelsLast(node) ? 1 : 2;
        PoolAxis[] axes = [g.Depth, g.Height, g.Width];
        for (int i = 0; i < x.Rank - 2; i++) dims[first + i] = axes[MaxSpatial - (x.Rank - 2) + i].Output;
        return new Shape(dims);
    }

    private static PoolAxis Same(int input, int kernel, long reach, int stride, int dilation, bool upper)
    {
        int output = (int)(((long)input + stride - 1) / stride);
        int total = checked((int)Math.Max(0, (output - 1L) * stride + reach - input));
        int before = upper ? total / 2 : total - total / 2;
        return new PoolAxis(input, output, kernel, output <= 1 ? 1 : stride, dilation, before, total - before);
    }

    private static PoolAxis Padded(Node node, bool ceil, int input, int kernel, long reach, int stride, int dilation, int before, int after)
    {
        long room = (long)input + before + after - reach;
        if (room < 0) throw node.Error($"a window that reaches over {reach} elements does not fit an axis of {input} with padding {before} and {after}");
        long output = (ceil ? room + stride - 1 : room) / stride + 1;
        // A window may hang over the end, but may not begin behind the input.
        if (ceil && (output - 1) * stride >= (long)input + before) output--;
        return new PoolAxis(input, checked((int)output), kernel, output <= 1 ? 1 : stride, dilation, before, after);
    }

    private static PoolGeometry Geometry(Node node, Shape x, PoolAxis[] axes)
    {
        bool last = ChannelsLast(node);
        PoolAxis[] three = [.. Enumerable.Repeat(PoolAxis.None, MaxSpatial - axes.Length), .. axes];
        return last
            ? new PoolGeometry(x[0], three[0], three[1], three[2], x[^1])
            : new PoolGeometry(x[0] * x[1], three[0], three[1], three[2], 1);
    }

    private static int[] Spatial(Node node, Shape x)
    {
        if (x.Rank is < 3 or > 2 + MaxSpatial) throw node.Error($"input {x} of rank {x.Rank} is not supported; supported: rank 3 to {2 + MaxSpatial}");
        return ChannelsLast(node) ? x.ToArray()[1..^1] : x.ToArray()[2..];
    }
}
