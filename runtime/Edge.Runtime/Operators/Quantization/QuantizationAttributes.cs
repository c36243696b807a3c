using Edge.Kernels.Quantize;
using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Operators.Quantization;

/// <summary>What QuantizeLinear and DequantizeLinear of all versions share: which elements have which scale.</summary>
internal static class QuantizationAttributes
{
    /// <summary>Fails unless scale and zero point are one number, or one for each channel of <c>axis</c>.</summary>
    /// <param name="c">The node; input 1 is the scale, input 2 the zero point.</param>
    /// <param name="integer">Type of the integers, which that of the zero point must be.</param>
    public static void Validate(InferContext c, DataType integer)
    {
        c.RequireType(1, DataType.Float32);
        if (c.Has(2)) c.RequireType(2, integer);
        var scale = c.Shape(1);
        if (c.Has(2) && c.Shape(2).Count != scale.Count) throw c.Error($"{c.Shape(2).Count} zero points do not fit {scale.Count} scales");
        if (Blocks.Read(c.Node, c.Shape(0)) is { } blocks)
        {
            var wanted = blocks.ScaleShape(c.Node, c.Shape(0));
            if (scale != wanted) throw c.Error($"scales of shape {scale} do not fit blocks of {blocks.Size}; they must have shape {wanted}");
            return;
        }

        int? axis = Axis(c.Node, c.Shape(0), scale);
        if (scale.Count != 1 && scale.Rank != 1) throw c.Error($"scales of shape {scale} are not supported; supported: one number, or one for each channel");
        if (axis is { } a && scale.Count != c.Shape(0)[a]) throw c.Error($"{scale.Count} scales do not fit axis {a} of shape {c.Shape(0)}");
    }

    /// <summary>An attribute that names an element type; <see cref="DataType.Undefined"/> where it is left out.</summary>
    public static DataType TypeAttribute(Node node, string name) =>
        node.Attributes.Int(name, 0) is >= 0 and <= byte.MaxValue and var type ? (DataType)type : throw node.Error($"{name} {node.Attributes.Int(name)} is no element type");

    /// <summary>Where the channels lie, each with its scale; not to be asked of a node with <see cref="Blocks"/>.</summary>
    public static ChannelLayout Layout(PrepareContext c) =>
        Axis(c.Node, c.Shape(0), c.Shape(1)) is { } axis ? ChannelLayout.PerAxis(c.Shape(0), axis) : ChannelLayout.PerTensor(c.Shape(0).Count);

    public static bool ToChannelsLast(Node node, int rank)
    {
        if (node.Inputs[1] is not { IsStatic: true } scale || node.Attributes.Int("block_size", 0) != 0) return false;
        if (Axis(node, node.Inputs[0]!.Shape!.Value, scale.Shape!.Value) is { } axis) node.Attributes.Set("axis", (long)Operator.ChannelsLastAxis(axis, rank));
        return true;
    }

    /// <summary>The axis of the channels; null where one scale is for all. Version 10 knows no axis.</summary>
    private static int? Axis(Node node, Shape x, Shape scale)
    {
        bool knowsAxis = node.Domain.Length > 0 || node.Opset >= 13;
        long axis = knowsAxis ? node.Attributes.Int("axis", 1) : 1;
        if (scale.Count == 1) return null;
        return knowsAxis ? node.Axis(axis, x.Rank) : throw node.Error($"{scale.Count} scales need opset 13; the model imports {node.Opset}");
    }
}
