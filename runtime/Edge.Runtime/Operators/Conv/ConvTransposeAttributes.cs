using Edge.Kernels.Dense;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Conv;

/// <summary>
/// The attributes of ConvTranspose, resolved. In the geometry the input is what is spread by the stride, and the padding
/// what is cut off the output.
/// </summary>
internal static class ConvTransposeAttributes
{
    /// <param name="node">The node.</param>
    /// <param name="x">Shape of the input, <c>[N, C, (D,) (H,) W]</c>, or channels-last.</param>
    /// <param name="w">Shape of the weights, <c>[C, OC/group, (kD,) (kH,) kW]</c>.</param>
    /// <exception cref="Onnx.ModelException">Something does not fit together, or is not supported.</exception>
    public static VolumeGeometry Read(Node node, Shape x, Shape w)
    {
        int spatial = ConvAttributes.SpatialAxes(node, x, w);
        bool last = ConvAttributes.ChannelsLast(node);
        int channels = last ? x[^1] : x[1];
        long group = node.Attributes.Int("group", 1);
        if (group < 1 || channels == 0 || w[0] != channels || channels % group != 0 || w[1] == 0)
            throw node.Error($"weights {w} and group {group} do not fit an input of {channels} channels");
        int[] kernel = ConvAttributes.KernelShape(node, w);
        int[] strides = ConvAttributes.PerAxis(node, "strides", spatial);
        int[] dilations = ConvAttributes.PerAxis(node, "dilations", spatial);
        int[] input = x.ToArray()[(last ? 1 : 2)..(last ? spatial + 1 : spatial + 2)];
        var (before, output) = Window(node, input, kernel, strides, dilations);
        return ConvAttributes.Geometry(x[0], channels, checked(w[1] * (int)group), (int)group, input, output, kernel, strides, dilations, before);
    }

    private static (int[] Before, int[] Output) Window(Node node, int[] input, int[] kernel, int[] strides, int[] dilations)
    {
        int spatial = input.Length;
        var auto = ConvAttributes.ReadAutoPad(node);
        var (before, after) = ConvAttributes.ExplicitPads(node, spatial);
        long[] extra = PerAxis(node, "output_padding", spatial) ?? new long[spatial];
        long[]? asked = PerAxis(node, "output_shape", spatial);
        var output = new int[spatial];
        for (int a = 0; a < spatial; a++)
        {
            long full = (input[a] - 1L) * strides[a] + extra[a] + (kernel[a] - 1L) * dilations[a] + 1;
            ConvAttributes.RequireLength(node, a, full);
            bool same = auto is AutoPad.SameUpper or AutoPad.SameLower;
            if (asked is null && !same)
            {
                output[a] = checked((int)(full - before[a] - after[a]));
            }
            else
            {
                output[a] = checked((int)(asked?[a] ?? (long)input[a] * strides[a]));
                int total = checked((int)Math.Max(0, full - output[a]));
                before[a] = auto == AutoPad.SameUpper ? total / 2 : total - total / 2;
            }

            if (input[a] == 0 || output[a] < 1) throw node.Error($"spatial axis {a} of {input[a]} elements would become {output[a]}");
        }

        return (before, output);
    }

    private static long[]? PerAxis(Node node, string name, int spatial)
    {
        long[]? list = node.Attributes.Ints(name);
        // Some exporters write the whole output shape.
        if (name == "output_shape" && list?.Length == spatial + 2) list = list[2..];
        if (list is not null && (list.Length != spatial || list.Any(v => v < 0))) throw node.Error($"{name} [{string.Join(',', list)}] must hold {spatial} numbers of 0 or more");
        return list;
    }
}
