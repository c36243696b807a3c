using Edge.Onnx;

namespace Edge.Quantization.Rewrite.WeightOnly;

/// <summary>A constant float tensor that a node multiplies with, or looks rows up in.</summary>
/// <param name="Node">Reads it.</param>
/// <param name="Input">As this input.</param>
/// <param name="Tensor">The tensor.</param>
/// <param name="ChannelAxis">Axis of the channels of the result, each of which may have a scale.</param>
/// <param name="SumAxis">Axis along which products are summed; blocks of weights lie along it.</param>
/// <param name="Stacked">Channels are counted over the axes before <paramref name="ChannelAxis"/>, too: the directions of a recurrent layer.</param>
internal sealed record WeightSite(NodeProto Node, int Input, TensorProto Tensor, int ChannelAxis, int SumAxis, bool Stacked = false)
{
    /// <summary>Operators that multiply with weights, whether these are constant or not.</summary>
    public static IReadOnlySet<string> Readers { get; } = new HashSet<string> { "Conv", "ConvTranspose", "Gemm", "MatMul", "LSTM", "GRU", "RNN" };

    public int Channels => (int)(Stacked ? Before(ChannelAxis) : 1) * (int)Tensor.Dims[ChannelAxis];

    /// <summary>The channel of the weight at an index.</summary>
    public int ChannelOf(int index)
    {
        long at = index / Inside(ChannelAxis);
        return (int)(Stacked ? at : at % Tensor.Dims[ChannelAxis]);
    }

    /// <summary>Blocks of so many weights along <see cref="SumAxis"/>.</summary>
    public BlockLayout Blocks(int size) => new((int)Before(SumAxis), (int)Tensor.Dims[SumAxis], (int)Inside(SumAxis), size);

    /// <summary>The constant weights of a node; none for operators without, and where the engine computes all of the node when it loads.</summary>
    public static IReadOnlyList<WeightSite> Of(OnnxGraph graph, NodeProto node)
    {
        if (!OnnxGraph.IsDefaultDomain(node)) return [];
        TensorProto? Weights(int input, int least) =>
            graph.Constant(node.Input(input)) is { IsFloat: true, Count: > 0 } t && t.Dims.Count >= least ? t : null;
        bool computed = node.Inputs.Exists(i => i.Length > 0 && graph.Constant(i) is null);
        return !computed ? [] : node.OpType switch
        {
            "Conv" when Weights(1, 3) is { } w => [new(node, 1, w, 0, 1)],
            "ConvTranspose" when Weights(1, 3) is { } w => [new(node, 1, w, 1, 0)],
            "Gemm" when Weights(1, 2) is { } w => node.Int("transB", 0) != 0 ? [new(node, 1, w, 0, 1)] : [new(node, 1, w, 1, 0)],
            "MatMul" when Weights(1, 2) is { } w => [new(node, 1, w, w.Dims.Count - 1, w.Dims.Count - 2)],
            "MatMul" when Weights(0, 2) is { } w => [new(node, 0, w, w.Dims.Count - 2, w.Dims.Count - 1)],
            "LSTM" or "GRU" or "RNN" when Weights(1, 3) is { } w && Weights(2, 3) is { } r => [new(node, 1, w, 1, 2, true), new(node, 2, r, 1, 2, true)],
            "Gather" when Weights(0, 2) is { Dims.Count: 2 } w && node.Int("axis", 0) == 0 && graph.Constant(node.Input(1)) is null => [new(node, 0, w, 0, 1)],
            _ => [],
        };
    }

    /// <summary>The weights.</summary>
    /// <exception cref="ModelException">One is not finite.</exception>
    public float[] Values()
    {
        float[] values = Tensor.Floats();
        foreach (float v in values)
            if (!float.IsFinite(v)) throw new ModelException($"{OnnxGraph.Describe(Node)}: '{Tensor.Name}' holds {v}, which cannot be quantized; keep the node in float");
        return values;
    }

    private long Before(int axis) => Tensor.Dims.Take(axis).Aggregate(1L, (n, d) => n * d);

    private long Inside(int axis) => Tensor.Dims.Skip(axis + 1).Aggregate(1L, (n, d) => n * d);
}
