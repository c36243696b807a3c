using Edge.Onnx;
using Edge.Quantization.Rewrite;
using Edge.Quantization.Rewrite.Preparation;
using Edge.Tensors;

namespace Edge.Quantization.Equalization;

/// <summary>Operators for which f(s·x) = s·f(x) in each channel for every s above 0; Clip(0, h) only where h is not reached.</summary>
internal static class TransparentNodes
{
    private static readonly HashSet<string> Elementwise = ["Relu", "LeakyRelu", "PRelu", "Identity", "Abs", "Neg"];

    private static readonly HashSet<string> Pools = ["MaxPool", "AveragePool", "GlobalMaxPool", "GlobalAveragePool"];

    /// <summary>The channel axis of the node's output; null if the node is none of these.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="node">Of ONNX's own domain; its first input is the value.</param>
    /// <param name="from">Shape of the input.</param>
    /// <param name="to">Shape of the output.</param>
    /// <param name="axis">Channel axis of the input.</param>
    public static int? OutputAxis(OnnxGraph graph, NodeProto node, Shape from, Shape to, int axis)
    {
        if (node.Outputs.Skip(1).Any(o => o.Length > 0)) return null;
        return node.OpType switch
        {
            // The slope of a PRelu stays as it is, whatever its shape.
            var e when Elementwise.Contains(e) => from == to ? axis : null,
            "Clip" => from == to && ClipsAtZero(graph, node) ? axis : null,
            var p when Pools.Contains(p) => axis == 1 && to.Rank == from.Rank ? axis : null,
            "Pad" => PadsZeros(graph, node, from.Rank, axis) ? axis : null,
            "Resize" => axis < to.Rank && to[axis] == from[axis] && node.Text("coordinate_transformation_mode", "half_pixel") != "tf_crop_and_resize" ? axis : null,
            "Transpose" => node.Ints("perm") is { } perm && Array.IndexOf(perm, axis) is var at and >= 0 ? at : null,
            "Flatten" or "Reshape" or "Squeeze" or "Unsqueeze" => Reshaped(from, to, axis),
            _ => null,
        };
    }

    /// <summary>Whether lower bound is constant 0 and the upper one constant or absent.</summary>
    private static bool ClipsAtZero(OnnxGraph graph, NodeProto node) =>
        node.HasInput(1) && graph.Constant(node.Inputs[1]) is { IsFloat: true } low && low.Count == 1 && low.Floats()[0] == 0
        && (!node.HasInput(2) || (graph.Constant(node.Inputs[2]) is { IsFloat: true } high && high.Count == 1 && high.Floats()[0] > 0));

    private static bool PadsZeros(OnnxGraph graph, NodeProto node, int rank, int axis)
    {
        if (node.HasInput(3) || graph.Constant(node.Input(1)) is not { } tensor) return false;
        long[] pads = tensor.Longs();
        if (pads.Length != 2 * rank || pads[axis] != 0 || pads[axis + rank] != 0) return false;
        if (node.Text("mode", "constant") != "constant" || !node.HasInput(2)) return true;
        return graph.Constant(node.Inputs[2]) is { IsFloat: true } value && value.Count == 1 && value.Floats()[0] == 0;
    }

    /// <summary>Channels stay the last axis, or are it once the axes of size 1 behind them are gone.</summary>
    private static int? Reshaped(Shape from, Shape to, int axis)
    {
        int channels = from[axis];
        for (int d = axis + 1; d < from.Rank; d++)
            if (from[d] != 1) return null;
        int last = to.Rank - 1;
        while (last > 0 && to[last] == 1) last--;
        if (last < 0 || to[last] != channels) return null;
        // Convolutions find their channels at axis 1, whatever lies before them.
        return last;
    }
}
