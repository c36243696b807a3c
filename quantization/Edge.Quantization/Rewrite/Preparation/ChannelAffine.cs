using Edge.Onnx;

namespace Edge.Quantization.Rewrite.Preparation;

/// <summary>
/// A node that scales and shifts each channel by constants: <c>y[c] = scale[c]·x[c] + shift[c]</c>, as BatchNormalization
/// at inference, and Add, Sub, Mul and Div with a constant operand do.
/// </summary>
/// <param name="Input">The value that is scaled and shifted.</param>
/// <param name="Scale">One entry a channel.</param>
/// <param name="Shift">One entry a channel.</param>
internal sealed record ChannelAffine(string Input, double[] Scale, double[] Shift)
{
    public bool Shifts => Array.Exists(Shift, s => s != 0);

    /// <summary>Reads the node as an affine map of <paramref name="input"/>; null if it is none.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="node">Reads <paramref name="input"/>.</param>
    /// <param name="input">A value of rank <paramref name="rank"/>.</param>
    /// <param name="rank">Its rank.</param>
    /// <param name="axis">Its channel axis.</param>
    /// <param name="channels">Its number of channels.</param>
    public static ChannelAffine? Of(OnnxGraph graph, NodeProto node, string input, int rank, int axis, int channels)
    {
        if (!OnnxGraph.IsDefaultDomain(node)) return null;
        if (node.OpType == "BatchNormalization") return axis == 1 ? BatchNormalization(graph, node, channels) : null;
        if (node.OpType is not ("Add" or "Sub" or "Mul" or "Div") || node.Inputs.Count != 2) return null;
        bool inputFirst = node.Inputs[0] == input;
        if (!inputFirst && node.OpType is ("Sub" or "Div")) return null;
        if (graph.Constant(node.Inputs[inputFirst ? 1 : 0]) is not { IsFloat: true } operand) return null;
        if (PerChannel(operand, rank, axis, channels) is not { } values) return null;
        double[] zeros = new double[channels], ones = [.. Enumerable.Repeat(1.0, channels)];
        return node.OpType switch
        {
            "Add" => new(input, ones, values),
            "Sub" => new(input, ones, Array.ConvertAll(values, v => -v)),
            "Mul" => new(input, values, zeros),
            _ => Array.Exists(values, v => v == 0) ? null : new(input, Array.ConvertAll(values, v => 1 / v), zeros),
        };
    }

    /// <summary>The operand's value for each channel, if broadcasting it varies along the channel axis only.</summary>
    private static double[]? PerChannel(TensorProto operand, int rank, int axis, int channels)
    {
        float[] values = operand.Floats();
        int lead = rank - operand.Dims.Count;
        if (lead < 0) return null;
        for (int d = 0; d < operand.Dims.Count; d++)
            if (operand.Dims[d] != 1 && (d + lead != axis || operand.Dims[d] != channels)) return null;
        return values.Length == 1 ? [.. Enumerable.Repeat((double)values[0], channels)] : Array.ConvertAll(values, v => (double)v);
    }

    /// <summary>y = γ·(x − μ)/√(σ² + ε) + β (Ioffe and Szegedy 2015, algorithm 2).</summary>
    private static ChannelAffine? BatchNormalization(OnnxGraph graph, NodeProto node, int channels)
    {
        if (node.Int("training_mode", 0) != 0 || node.Outputs.Skip(1).Any(o => o.Length > 0)) return null;
        var p = new float[4][];
        for (int i = 0; i < 4; i++)
        {
            if (graph.Constant(node.Input(i + 1)) is not { IsFloat: true } t || t.Count != channels) return null;
            p[i] = t.Floats();
        }
        double epsilon = node.Float("epsilon", 1e-5f);
        var scale = new double[channels];
        var shift = new double[channels];
        for (int c = 0; c < channels; c++)
        {
            scale[c] = p[0][c] / Math.Sqrt(p[3][c] + epsilon);
            shift[c] = p[1][c] - (p[2][c] * scale[c]);
            if (!double.IsFinite(scale[c]) || !double.IsFinite(shift[c]))
                throw new ModelException($"{OnnxGraph.Describe(node)}: channel {c} has mean {p[2][c]} and variance {p[3][c]}, which give no finite result");
        }
        return new(node.Inputs[0], scale, shift);
    }
}
