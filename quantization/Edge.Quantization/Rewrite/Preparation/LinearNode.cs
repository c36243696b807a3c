using Edge.Onnx;

namespace Edge.Quantization.Rewrite.Preparation;

/// <summary>
/// A node that is linear in its first input with constant weights and a constant bias or none.
/// </summary>
/// <param name="Node">Conv, ConvTranspose, Gemm or MatMul.</param>
/// <param name="Weights">Its second input.</param>
/// <param name="Bias">Its third; null if there is none.</param>
/// <param name="Channels">Output channels.</param>
/// <param name="ChannelAxis">Channel axis of the output; −1 for the last.</param>
/// <param name="OutputRank">Rank of the output; null where only the input tells.</param>
internal sealed record LinearNode(NodeProto Node, TensorProto Weights, TensorProto? Bias, int Channels, int ChannelAxis, int? OutputRank)
{
    public bool TakesBias => Node.OpType != "MatMul";

    /// <summary>Null if the node is no such node.</summary>
    public static LinearNode? Of(OnnxGraph graph, NodeProto node)
    {
        if (!OnnxGraph.IsDefaultDomain(node) || node.OpType is not ("Conv" or "ConvTranspose" or "Gemm" or "MatMul")) return null;
        if (graph.Constant(node.Input(1)) is not { IsFloat: true } w || graph.Constant(node.Input(0)) is not null) return null;
        TensorProto? bias = null;
        if (node.HasInput(2))
        {
            bias = graph.Constant(node.Inputs[2]);
            if (bias is not { IsFloat: true }) return null;
        }
        int channels = node.OpType switch
        {
            "Conv" when w.Dims.Count >= 3 => (int)w.Dims[0],
            "ConvTranspose" when w.Dims.Count >= 3 => (int)(w.Dims[1] * node.Int("group", 1)),
            "Gemm" when w.Dims.Count == 2 => (int)w.Dims[node.Int("transB", 0) != 0 ? 0 : 1],
            "MatMul" when w.Dims.Count == 2 => (int)w.Dims[1],
            _ => 0,
        };
        if (channels == 0 || (bias is not null && !IsRow(bias, channels))) return null;
        return node.OpType switch
        {
            "Gemm" => new(node, w, bias, channels, 1, 2),
            "MatMul" => new(node, w, bias, channels, -1, null),
            _ => new(node, w, bias, channels, 1, w.Dims.Count),
        };
    }

    /// <summary>One value, or one a channel along the last dimension.</summary>
    private static bool IsRow(TensorProto bias, int channels) =>
        bias.Count == 1 || (bias.Count == channels && bias.Dims[^1] == channels);

    /// <summary>The output channel that weight <paramref name="index"/> (row-major) belongs to.</summary>
    public int ChannelOf(long index)
    {
        switch (Node.OpType)
        {
            case "Conv":
                return (int)(index / (Weights.Count / Channels));
            case "ConvTranspose":
                long perInput = Weights.Count / Weights.Dims[0];
                long input = index / perInput, inGroup = index % perInput / (perInput / Weights.Dims[1]);
                long group = input / (Weights.Dims[0] / Node.Int("group", 1));
                return (int)((group * Weights.Dims[1]) + inGroup);
            case "Gemm" when Node.Int("transB", 0) != 0:
                return (int)(index / Weights.Dims[1]);
            default:
                return (int)(index % Weights.Dims[1]);
        }
    }

    /// <summary>Gives the node weights and bias such that its output is scaled and shifted.</summary>
    public void Scale(OnnxGraph graph, ChannelAffine affine)
    {
        float[] w = Weights.Floats();
        for (long i = 0; i < w.Length; i++) w[i] = (float)(w[i] * affine.Scale[ChannelOf(i)]);
        Node.Inputs[1] = graph.AddConstant(TensorValues.Make<float>(Weights.Name, w, [.. Weights.Dims]));
        if (Bias is null && !affine.Shifts) return;
        float[]? old = Bias?.Floats();
        // Gemm multiplies its bias by beta; from here on it is 1.
        double beta = Node.OpType == "Gemm" ? Node.Float("beta", 1) : 1;
        Node.RemoveAttribute("beta");
        var b = new float[Channels];
        for (int c = 0; c < b.Length; c++)
            b[c] = (float)((old is null ? 0 : beta * old[old.Length == 1 ? 0 : c] * affine.Scale[c]) + affine.Shift[c]);
        Node.SetInput(2, graph.AddConstant(TensorValues.Vector(Bias?.Name ?? Node.Name + "_bias", b)));
    }
}
