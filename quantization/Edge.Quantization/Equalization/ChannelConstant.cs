using Edge.Onnx;
using Edge.Quantization.Rewrite;

namespace Edge.Quantization.Equalization;

/// <summary>A constant input of a node, with one element a channel along its last or only axis that is not 1, or one in all.</summary>
/// <param name="node">The reader.</param>
/// <param name="input">Which of its inputs.</param>
/// <param name="tensor">The constant.</param>
/// <param name="shape">The dimensions of the scaled constant: those of <paramref name="tensor"/> where it has an element a channel.</param>
/// <param name="channels">Number of channels.</param>
internal sealed class ChannelConstant(NodeProto node, int input, TensorProto tensor, long[] shape, int channels)
{
    public NodeProto Node { get; } = node;

    public double[] Factors { get; } = [.. Enumerable.Repeat(1.0, channels)];

    /// <summary>Gives the node the scaled constant as a new initializer.</summary>
    public void Write(OnnxGraph graph)
    {
        if (Array.TrueForAll(Factors, f => f == 1)) return;
        float[] old = tensor.Floats();
        float[] scaled = [.. Factors.Select((f, c) => (float)(old[old.Length == 1 ? 0 : c] * f))];
        Node.Inputs[input] = graph.AddConstant(TensorValues.Make<float>(tensor.Name, scaled, shape));
    }
}
