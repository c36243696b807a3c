using Edge.Onnx;
using Edge.Quantization.Rewrite;
using Edge.Quantization.Rewrite.Preparation;
using Edge.Tensors;

namespace Edge.Quantization.Rounding;

/// <summary>
/// Lays the part of an input that one element of a layer's result is computed of out as a column: <c>[channel, tap]</c> for a
/// convolution of any rank, so that a group's channels are consecutive, and zeros for its padding; a row of the operand for
/// Gemm and MatMul.
/// </summary>
/// <param name="linear">Conv, Gemm without transA, or MatMul.</param>
internal sealed class PatchGeometry(LinearNode linear)
{
    private readonly bool _convolution = linear.Node.OpType == "Conv";
    private readonly int[] _kernel = [.. linear.Weights.Dims.Skip(2).Select(d => (int)d)];

    /// <summary>Elements of a column.</summary>
    public int Length { get; } = linear.Node.OpType == "Conv"
        ? (int)(linear.Weights.Count / linear.Channels * linear.Node.Int("group", 1))
        : (int)(linear.Weights.Count / linear.Channels);

    /// <summary>The columns of inputs of one shape.</summary>
    public Patches For(Shape input) => _convolution ? Convolution(input) : new Patches(input.Count / Length, Length);

    private Patches Convolution(Shape input)
    {
        NodeProto node = linear.Node;
        int rank = _kernel.Length;
        long[] strides = node.Ints("strides") ?? [.. Enumerable.Repeat(1L, rank)], dilations = node.Ints("dilations") ?? [.. Enumerable.Repeat(1L, rank)];
        long[] pads = node.Ints("pads") ?? new long[2 * rank];
        string auto = node.Text("auto_pad", "NOTSET");
        int[] size = new int[rank], begin = new int[rank], output = new int[rank];
        for (int d = 0; d < rank; d++)
        {
            size[d] = input[d + 2];
            int extent = (int)((_kernel[d] - 1) * dilations[d]) + 1, stride = (int)strides[d];
            if (auto is "SAME_UPPER" or "SAME_LOWER")
            {
                output[d] = (size[d] + stride - 1) / stride;
                int all = Math.Max(0, ((output[d] - 1) * stride) + extent - size[d]);
                begin[d] = auto == "SAME_UPPER" ? all / 2 : all - (all / 2);
                continue;
            }
            begin[d] = auto == "VALID" ? 0 : (int)pads[d];
            output[d] = ((size[d] + begin[d] + (auto == "VALID" ? 0 : (int)pads[d + rank]) - extent) / stride) + 1;
        }
        return new Patches(input[0], input[1], size, _kernel, output, begin, [.. strides.Select(s => (int)s)], [.. dilations.Select(s => (int)s)]);
    }
}
