using Edge.Onnx;

namespace Edge.Quantization.Rewrite.Preparation;

/// <summary>
/// Where the weights of a <see cref="LinearNode"/> lie: a row-major block <c>[Outer, Inner, Kernel]</c>, of which each pair of
/// an outer and an inner index belongs to one output and one input channel.
/// </summary>
/// <param name="Outer">Output channels for Conv and for Gemm with transB, else input channels.</param>
/// <param name="Inner">The other kind; where there are groups, those of one group.</param>
/// <param name="Kernel">Taps of the kernel; 1 for Gemm and MatMul.</param>
/// <param name="Groups">Groups of channels; 1 for Gemm and MatMul.</param>
/// <param name="OutputFirst">Whether the outer index is the output channel.</param>
internal readonly record struct WeightLayout(int Outer, int Inner, int Kernel, int Groups, bool OutputFirst)
{
    public int Inputs => OutputFirst ? Inner * Groups : Outer;

    public int Outputs => OutputFirst ? Outer : Inner * Groups;

    public static WeightLayout Of(LinearNode linear)
    {
        List<long> dims = linear.Weights.Dims;
        bool convolution = linear.Node.OpType is "Conv" or "ConvTranspose";
        long kernel = convolution ? linear.Weights.Count / (dims[0] * dims[1]) : 1;
        bool outputFirst = linear.Node.OpType == "Conv" || linear.Node.Int("transB", 0) != 0;
        return new((int)dims[0], (int)dims[1], (int)kernel, convolution ? (int)linear.Node.Int("group", 1) : 1, outputFirst);
    }

    /// <summary>The channels that the weights at an outer and an inner index belong to.</summary>
    public (int Output, int Input) Channels(int outer, int inner)
    {
        int other = (outer / (Outer / Groups) * Inner) + inner;
        return OutputFirst ? (outer, other) : (other, outer);
    }
}
