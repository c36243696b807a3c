using Edge.Kernels.Dense;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Conv;

/// <summary>
/// The attributes that Conv, QLinearConv and ConvInteger share (<c>kernel_shape strides dilations pads auto_pad group</c>,
/// and <c>channels_last</c> which the layout pass sets), resolved against the shapes of input and weights.
/// </summary>
internal static class ConvAttributes
{
    /// <summary>The most elements of a spatial axis with its padding: four steps of that length are still an int.</summary>
    private const int MaxPadded = 1 << 28;

    /// <summary>Whether input and output are <c>[N, spatial…, C]</c> instead of <c>[N, C, spatial…]</c>.</summary>
    public static bool ChannelsLast(Node node) => node.Attributes.Int("channels_last", 0) != 0;

    /// <summary>The geometry, in which a one-dimensional convolution has a height of 1.</summary>
    /// <param name="node">The node.</param>
    /// <param name="x">Shape of the input, <c>[N, C, L]</c>, <c>[N, C, H, W]</c> or <c>[N, C, D, H, W]</c>, or channels-last.</param>
    /// <param name="w">Shape of the weights, <c>[OC, C/group, (kD,) (kH,) kW]</c>.</param>
    /// <exception cref="Onnx.ModelException">Something does not fit together, or is not supported.</exception>
    public static VolumeGeometry Read(Node node, Shape x, Shape w)
    {
        int spatial = SpatialAxes(node, x, w);
        bool last = ChannelsLast(node);
        int channels = last ? x[^1] : x[1];
        int group = Group(node, channels, w);
        int[] kernel = KernelShape(node, w);
        int[] strides = PerAxis(node, "strides", spatial);
        int[] dilations = PerAxis(node, "dilations", spatial);
        int[] input = Spatial(x, last ? 1 : 2, last ? spatial + 1 : spatial + 2);
        var (before, output) = Window(node, input, kernel, strides, dilations);
        Simplify(kernel, output, strides, dilations);
        return Geometry(x[0], channels, w[0], group, input, output, kernel, strides, dilations, before);
    }

    /// <summary>The geometry of lists that have one entry for each of one to three spatial axes.</summary>
    public static VolumeGeometry Geometry(
        int batch, int inChannels, int outChannels, int group, int[] input, int[] output, int[] kernel, int[] strides, int[] dilations, int[] before)
    {
        int spatial = input.Length;
        // The axis with index 0, 1, 2 of depth, height and width; one that is missing has the neutral value.
        int At(int[] list, int axis, int neutral) => axis < 3 - spatial ? neutral : list[axis - (3 - spatial)];
        var plane = new ConvGeometry(
            batch, At(input, 1, 1), At(input, 2, 1), inChannels,
            At(output, 1, 1), At(output, 2, 1), outChannels,
            At(kernel, 1, 1), At(kernel, 2, 1),
            At(strides, 1, 1), At(strides, 2, 1),
            At(dilations, 1, 1), At(dilations, 2, 1),
            At(before, 1, 0), At(before, 2, 0),
            group);
        return new VolumeGeometry(plane, new DepthAxis(At(input, 0, 1), At(output, 0, 1), At(kernel, 0, 1), At(strides, 0, 1), At(dilations, 0, 1), At(before, 0, 0)));
    }

    /// <summary>The shape of the output, in the layout of the input.</summary>
    public static Shape OutputShape(Node node, in VolumeGeometry g, int rank)
    {
        int[] spatial = new int[] { g.Depth.Output, g.Plane.OutHeight, g.Plane.OutWidth }[(5 - rank)..];
        return ChannelsLast(node) ? new Shape([g.Plane.Batch, .. spatial, g.Plane.OutChannels]) : new Shape([g.Plane.Batch, g.Plane.OutChannels, .. spatial]);
    }

    /// <summary>The number of spatial axes of input and weights.</summary>
    public static int SpatialAxes(Node node, Shape x, Shape w)
    {
        if (x.Rank is < 3 or > 5) throw node.Error($"input {x} of rank {x.Rank} is not supported; supported: rank 3 (one-dimensional) to 5 (three-dimensional)");
        if (w.Rank != x.Rank) throw node.Error($"weights {w} and input {x} must have the same rank");
        return x.Rank - 2;
    }

    /// <summary>A list with one positive number for each spatial axis; ones if it is left out.</summary>
    public static int[] PerAxis(Node node, string name, int spatial)
    {
        long[]? list = node.Attributes.Ints(name);
        if (list is null)
        {
            int[] ones = new int[spatial];
            Array.Fill(ones, 1);
            return ones;
        }

        if (list.Length != spatial || list.AsSpan().ContainsAnyExceptInRange(1, int.MaxValue))
            throw node.Error($"{name} [{string.Join(',', list)}] must hold {spatial} positive numbers");
        return Array.ConvertAll(list, v => (int)v);
    }

    /// <summary>The spatial dimensions of the weights, which <c>kernel_shape</c> repeats.</summary>
    public static int[] KernelShape(Node node, Shape w)
    {
        int[] kernel = Spatial(w, 2, w.Rank);
        if (node.Attributes.Ints("kernel_shape") is { } stated && !Equal(stated, kernel))
            throw node.Error($"kernel_shape [{string.Join(',', stated)}] differs from the weights {w}");
        if (kernel.Contains(0)) throw node.Error($"weights {w} are empty");
        return kernel;
    }

    /// <summary>Padding before and after each spatial axis: the attribute <c>pads</c>, zeros if it is left out.</summary>
    public static (int[] Before, int[] After) ExplicitPads(Node node, int spatial)
    {
        long[] pads = node.Attributes.Ints("pads") ?? new long[2 * spatial];
        if (pads.Length != 2 * spatial || pads.AsSpan().ContainsAnyExceptInRange(0, int.MaxValue))
            throw node.Error($"pads [{string.Join(',', pads)}] must hold {2 * spatial} numbers of 0 or more");
        int[] before = new int[spatial], after = new int[spatial];
        for (int a = 0; a < spatial; a++) (before[a], after[a]) = ((int)pads[a], (int)pads[spatial + a]);
        return (before, after);
    }

    /// <summary>The attribute <c>auto_pad</c>.</summary>
    public static AutoPad ReadAutoPad(Node node) => node.Attributes.String("auto_pad", "NOTSET") switch
    {
        "NOTSET" or "" => AutoPad.None,
        "SAME_UPPER" => AutoPad.SameUpper,
        "SAME_LOWER" => AutoPad.SameLower,
        "VALID" => AutoPad.Valid,
        var other => throw node.Error($"auto_pad '{other}' is not supported; supported: NOTSET, SAME_UPPER, SAME_LOWER, VALID"),
    };

    /// <summary>Some of a shape's axes.</summary>
    private static int[] Spatial(Shape shape, int first, int end)
    {
        int[] axes = new int[end - first];
        for (int a = 0; a < axes.Length; a++) axes[a] = shape[first + a];
        return axes;
    }

    private static bool Equal(long[] a, int[] b)
    {
        if (a.Length != b.Length) return false;
        for (int i = 0; i < a.Length; i++)
            if (a[i] != b[i]) return false;
        return true;
    }

    private static int Group(Node node, int channels, Shape w)
    {
        long group = node.Attributes.Int("group", 1);
        if (group < 1 || channels == 0 || w[0] == 0 || w[0] % group != 0 || w[1] * group != channels)
            throw node.Error($"weights {w} and group {group} do not fit an input of {channels} channels");
        return (int)group;
    }

    /// <summary>Fails if a spatial axis is too long with its padding for kernels, which count its elements in 32 bits.</summary>
    public static void RequireLength(Node node, int axis, long padded)
    {
        if (padded > MaxPadded) throw node.Error($"spatial axis {axis} has {padded} elements with its padding; supported: {MaxPadded}");
    }

    /// <summary>A step that is never taken has any size: 1, then.</summary>
    private static void Simplify(int[] kernel, int[] output, int[] strides, int[] dilations)
    {
        for (int a = 0; a < kernel.Length; a++)
        {
            if (output[a] <= 1) strides[a] = 1;
            if (kernel[a] == 1) dilations[a] = 1;
        }
    }

    private static (int[] Before, int[] Output) Window(Node node, int[] input, int[] kernel, int[] strides, int[] dilations)
    {
        int spatial = input.Length;
        var auto = ReadAutoPad(node);
        var (before, after) = ExplicitPads(node, spatial);
        if (auto != AutoPad.None && (before.AsSpan().ContainsAnyExcept(0) || after.AsSpan().ContainsAnyExcept(0)))
            throw node.Error($"pads [{string.Join(',', before.Concat(after))}] contradict auto_pad; give one of them");
        var output = new int[spatial];
        for (int a = 0; a < spatial; a++)
        {
            long reach = (long)(kernel[a] - 1) * dilations[a] + 1;
            if (auto is AutoPad.SameUpper or AutoPad.SameLower)
            {
                output[a] = (int)(((long)input[a] + strides[a] - 1) / strides[a]);
                int total = checked((int)Math.Max(0, (output[a] - 1) * (long)strides[a] + reach - input[a]));
                before[a] = auto == AutoPad.SameUpper ? total / 2 : total - total / 2;
                RequireLength(node, a, (long)input[a] + total);
                continue;
            }

            long room = (long)input[a] + before[a] + after[a] - reach;
            RequireLength(node, a, (long)input[a] + before[a] + after[a]);
            if (room < 0) throw node.Error($"the kernel reaches over {reach} elements, more than the {input[a] + before[a] + after[a]} of padded spatial axis {a}");
            output[a] = checked((int)(room / strides[a] + 1));
        }

        return (before, output);
    }
}

/// <summary>How padding follows from the sizes.</summary>
internal enum AutoPad
{
    /// <summary>It does not: <c>pads</c> says it.</summary>
    None,

    /// <summary>The output is the input's size divided by the stride, rounded up; odd padding goes to the end.</summary>
    SameUpper,

    /// <summary>The same, odd padding goes to the beginning.</summary>
    SameLower,

    /// <summary>No padding.</summary>
    Valid,
}
