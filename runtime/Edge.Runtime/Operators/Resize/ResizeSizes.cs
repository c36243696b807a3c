using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Resize;

/// <summary>
/// Reads the sizes that Resize and Upsample are asked for: scales or sizes, for all axes or for named ones, and the region
/// of interest.
/// </summary>
internal static class ResizeSizes
{
    /// <summary>One for each axis of <paramref name="x"/>, in the model's own order; null if only a run brings them.</summary>
    public static ResizeAxis[]? Read(Node node, Shape x, CoordinateMode mode)
    {
        if (ResizeAttributes.IsSimple(node)) return ReadSimple(node, x);
        const int Roi = 1, Scales = 2, Sizes = 3;
        int[] axes = node.Opset >= 18 && node.Attributes.Ints("axes") is { } named ? node.AxisList(named, x.Rank) : [.. Enumerable.Range(0, x.Rank)];
        string policy = node.Opset >= 18 ? node.Attributes.String("keep_aspect_ratio_policy", "stretch") : "stretch";
        bool crop = mode == CoordinateMode.CropAndResize;
        if (IsOpen(node, Scales) || IsOpen(node, Sizes) || (crop && IsOpen(node, Roi))) return null;

        var result = new ResizeAxis[x.Rank];
        for (int a = 0; a < x.Rank; a++) result[a] = new ResizeAxis(x[a], x[a], 1);
        bool scaled = Given(node, Scales);
        if (scaled == Given(node, Sizes)) throw node.Error("one of scales and sizes is needed, not both");
        if (scaled) Scale(node, Numbers(node, Scales), axes, result);
        else SetSizes(node, [.. Numbers(node, Sizes).Select(s => checked((int)s))], axes, policy, result);

        if (!crop) return result;
        double[] roi = Numbers(node, Roi);
        if (roi.Length != 2 * axes.Length) throw node.Error($"roi has {roi.Length} elements; it must have {2 * axes.Length}");
        for (int i = 0; i < axes.Length; i++)
            result[axes[i]] = result[axes[i]] with { RoiStart = (float)roi[i], RoiEnd = (float)roi[i + axes.Length] };
        return result;
    }

    private static ResizeAxis[]? ReadSimple(Node node, Shape x)
    {
        double[] scales;
        if (node.OpType == "Upsample" && node.Opset < 9)
        {
            float[] list = node.Attributes.Floats("scales") ?? throw node.Error("attribute 'scales' is required and missing");
            scales = Array.ConvertAll(list, s => (double)s);
        }
        else
        {
            if (IsOpen(node, 1)) return null;
            scales = Numbers(node, 1);
        }

        var result = new ResizeAxis[x.Rank];
        for (int a = 0; a < x.Rank; a++) result[a] = new ResizeAxis(x[a], x[a], 1);
        Scale(node, scales, [.. Enumerable.Range(0, x.Rank)], result);
        return result;
    }

    private static void Scale(Node node, double[] scales, int[] axes, ResizeAxis[] result)
    {
        if (scales.Length != axes.Length) throw node.Error($"scales has {scales.Length} elements; it must have {axes.Length}");
        for (int i = 0; i < axes.Length; i++)
        {
            float scale = (float)scales[i];
            if (!(scale > 0) || !float.IsFinite(scale)) throw node.Error($"a scale of {scale} is not supported; supported: above 0");
            int size = result[axes[i]].Input;
            result[axes[i]] = new ResizeAxis(size, checked((int)MathF.Floor(size * scale)), scale);
        }
    }

    private static void SetSizes(Node node, int[] sizes, int[] axes, string policy, ResizeAxis[] result)
    {
        if (sizes.Length != axes.Length || sizes.Any(s => s < 0)) throw node.Error($"sizes [{string.Join(',', sizes)}] must hold {axes.Length} numbers of 0 or more");
        float[] ratios = [.. axes.Select((a, i) => (float)sizes[i] / result[a].Input)];
        float? common = policy switch
        {
            "stretch" => null,
            "not_larger" => ratios.Min(),
            "not_smaller" => ratios.Max(),
            _ => throw node.Error($"keep_aspect_ratio_policy '{policy}' is not supported; supported: stretch, not_larger, not_smaller"),
        };
        for (int i = 0; i < axes.Length; i++)
        {
            int size = result[axes[i]].Input;
            result[axes[i]] = common is { } scale
                ? new ResizeAxis(size, checked((int)MathF.Floor(scale * size + 0.5f)), scale)
                : new ResizeAxis(size, sizes[i], size == sizes[i] ? 1 : ratios[i]);
        }
    }

    /// <summary>An input that is left out may also be an empty tensor.</summary>
    private static bool Given(Node node, int input) => node.Has(input) && node.Inputs[input]!.Shape!.Value.Count > 0;

    private static bool IsOpen(Node node, int input) => Given(node, input) && node.Constant(input) is null;

    private static double[] Numbers(Node node, int input)
    {
        var t = node.Constant(input) ?? throw node.Error($"input {input} is required and missing");
        return t.Type switch
        {
            DataType.Float32 => Array.ConvertAll(t.AsSpan<float>().ToArray(), v => (double)v),
            DataType.Float64 => t.AsSpan<double>().ToArray(),
            DataType.Int64 => Array.ConvertAll(t.AsSpan<long>().ToArray(), v => (double)v),
            _ => throw node.Error($"input {input} of type {t.Type.OnnxName()} is not supported"),
        };
    }
}
