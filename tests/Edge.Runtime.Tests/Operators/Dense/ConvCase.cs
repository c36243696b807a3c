using Edge.Onnx;

namespace Edge.Runtime.Tests.Operators.Dense;

/// <summary>Shapes and attributes of a random convolution that is valid.</summary>
internal sealed record ConvCase(int[] Input, int[] Weights, int Group, AttributeProto[] Attributes)
{
    /// <summary>Products that are added up to one output.</summary>
    public int Taps => Weights[1..].Aggregate(1, (p, d) => p * d);

    public static ConvCase Random(Draw draw, bool integer = false)
    {
        int spatial = Spatial(draw);
        var (group, inner, outer) = Channels(draw);
        int[] kernel = Each(spatial, () => draw.Int(1, 4)), dilations = Each(spatial, () => draw.Int(0, 3) == 0 ? 2 : 1), strides = Each(spatial, () => draw.Int(1, 3));
        int[] size = [.. kernel.Select((k, i) => (k - 1) * dilations[i] + 1 + draw.Int(0, spatial == 3 ? 4 : 9))];
        List<AttributeProto> attributes = [Of("strides", strides), Of("dilations", dilations), AttributeProto.Of("group", (long)group)];
        if (draw.Int(0, 1) == 0) attributes.Add(Of("kernel_shape", kernel));
        // ONNX Runtime refuses SAME padding of dilated kernels.
        bool dilated = dilations.Any(d => d > 1);
        switch (draw.Int(0, dilated || integer ? 2 : 4))
        {
            case 0: break;
            case 1: attributes.Add(Of("pads", Each(2 * spatial, () => draw.Int(0, 2)))); break;
            case 2: attributes.Add(AttributeProto.Of("auto_pad", "VALID")); break;
            case 3: attributes.Add(AttributeProto.Of("auto_pad", "SAME_UPPER")); break;
            default: attributes.Add(AttributeProto.Of("auto_pad", "SAME_LOWER")); break;
        }

        return new ConvCase([draw.Int(1, 2), group * inner, .. size], [group * outer, inner, .. kernel], group, [.. attributes]);
    }

    public static ConvCase RandomTransposed(Draw draw)
    {
        int spatial = Spatial(draw);
        var (group, inner, outer) = Channels(draw);
        int[] kernel = Each(spatial, () => draw.Int(1, 4)), dilations = Each(spatial, () => draw.Int(0, 3) == 0 ? 2 : 1), strides = Each(spatial, () => draw.Int(1, 3));
        int[] size = Each(spatial, () => draw.Int(2, 7));
        List<AttributeProto> attributes = [Of("strides", strides), Of("dilations", dilations), AttributeProto.Of("group", (long)group)];
        int[] extra = [.. strides.Select(s => draw.Int(0, s - 1))];
        int[] pads = [.. Enumerable.Range(0, 2 * spatial).Select(i => draw.Int(0, Math.Min(1, kernel[i % spatial] - 1)))];
        switch (draw.Int(0, 3))
        {
            case 0: break;
            case 1:
                attributes.Add(Of("pads", pads));
                break;
            case 2:
                attributes.AddRange([Of("pads", pads), Of("output_padding", extra)]);
                break;
            default:
                attributes.Add(Of("output_shape", [.. size.Select((s, i) => s * strides[i])]));
                attributes.Add(AttributeProto.Of("auto_pad", draw.Int(0, 1) == 0 ? "SAME_UPPER" : "SAME_LOWER"));
                break;
        }

        return new ConvCase([draw.Int(1, 2), group * inner, .. size], [group * inner, outer, .. kernel], group, [.. attributes]);
    }

    /// <summary>One, two or three.</summary>
    private static int Spatial(Draw draw) => draw.Int(0, 5) switch { 0 => 1, 1 => 3, _ => 2 };

    /// <summary>Groups, and channels a group on either side: one group, several, or depthwise.</summary>
    private static (int Group, int Inner, int Outer) Channels(Draw draw) => draw.Int(0, 3) switch
    {
        0 => (draw.Int(2, 20), 1, draw.Int(1, 2)),
        1 => (draw.Int(2, 4), draw.Int(1, 5), draw.Int(1, 9)),
        _ => (1, draw.Int(1, 19), draw.Int(1, 37)),
    };

    private static int[] Each(int count, Func<int> next) => [.. Enumerable.Range(0, count).Select(_ => next())];

    private static AttributeProto Of(string name, int[] values) => AttributeProto.Of(name, values.Select(v => (long)v));
}
