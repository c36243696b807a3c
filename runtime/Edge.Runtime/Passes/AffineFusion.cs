using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Passes;

/// <summary>
/// Folds what follows a convolution or a product with constant weights and is affine a channel — BatchNormalization,
/// multiplication, division, addition or subtraction of constants — into its weights and bias:
/// <c>a·(w∗x + b) + c = (a·w)∗x + (a·b + c)</c>. Arithmetic in double. A product gets its bias <c>[N]</c> as third input.
/// </summary>
internal static class AffineFusion
{
    private const int Bias = 2;

    public static void Run(ModelGraph graph)
    {
        foreach (var node in graph.Nodes.ToArray())
        {
            if (node is not { Domain: "", Outputs: [{ IsStatic: true } y] } || ChannelAxis(node, y.Shape!.Value.Rank) is not { } axis) continue;
            if (OldBias(node, y.Shape!.Value[axis]) is not { } bias) continue;
            var factors = new double[bias.Length];
            factors.AsSpan().Fill(1);
            bool folds = false;
            while (graph.OnlyConsumer(node.Outputs[0]!) is { } next && ReadAffine(next, node.Outputs[0]!, axis) is var (a, c))
            {
                for (int i = 0; i < bias.Length; i++) (factors[i], bias[i]) = (factors[i] * a[i], bias[i] * a[i] + c[i]);
                var result = next.Outputs[0]!;
                graph.Remove(next);
                node.SetOutput(0, result);
                folds = true;
            }

            if (folds) Fold(graph, node, factors, Array.ConvertAll(bias, b => (float)b));
        }
    }

    /// <summary>Factor and addend for each index along <paramref name="axis"/>, if <paramref name="next"/> is affine in <paramref name="x"/>.</summary>
    public static (double[] A, double[] C)? ReadAffine(Node next, Value x, int axis)
    {
        if (next.Domain.Length > 0 || next.Outputs[0] is not { IsStatic: true } y || !x.IsStatic || y.Shape != x.Shape) return null;
        if (next.OpType == "BatchNormalization") return axis == 1 && next.Inputs[0] == x && next.Outputs.Count == 1 ? ReadBatchNormalization(next) : null;
        if (next.OpType is not ("Mul" or "Div" or "Add" or "Sub")) return null;

        bool first = next.Inputs[0] == x;
        if (!first && next.OpType == "Div") return null;
        if (ChannelConstant.Read(next.Inputs[first ? 1 : 0], x.Shape!.Value, axis) is not { } k) return null;
        return next.OpType switch
        {
            "Mul" => (Map(k, v => v), Map(k, _ => 0)),
            "Div" => k.Contains(0) ? null : (Map(k, v => 1.0 / v), Map(k, _ => 0)),
            "Add" => (Map(k, _ => 1), Map(k, v => v)),
            _ => first ? (Map(k, _ => 1), Map(k, v => -(double)v)) : (Map(k, _ => -1), Map(k, v => v)),
        };
    }

    /// <summary>The axis of the result along which the weights have their channels; null if the node is none of ours.</summary>
    private static int? ChannelAxis(Node node, int rank)
    {
        if (node.OpType is not ("Conv" or "ConvTranspose" or "MatMul" or "Gemm") || node.Constant(1) is not { Type: DataType.Float32 } w) return null;
        if (node.OpType is "Conv" or "ConvTranspose") return w.Shape.Rank >= 3 ? 1 : null;
        // A product over no elements has no place for a bias, and a vector on the left no axis of its own.
        return w.Shape.Rank == 2 && w.Count > 0 && node.Inputs[0] is { IsStatic: true, Shape.Rank: >= 2 } ? rank - 1 : null;
    }

    private static (double[], double[])? ReadBatchNormalization(Node bn)
    {
        if (bn.Constant(1) is not { Type: DataType.Float32 } scale || bn.Constant(2) is not { Type: DataType.Float32 } shift
            || bn.Constant(3) is not { Type: DataType.Float32 } mean || bn.Constant(4) is not { Type: DataType.Float32 } variance) return null;
        float epsilon = bn.Attributes.Float("epsilon", 1e-5f);
        var a = new double[scale.Count];
        var c = new double[scale.Count];
        for (int i = 0; i < a.Length; i++)
        {
            a[i] = scale.AsSpan<float>()[i] / Math.Sqrt((double)variance.AsSpan<float>()[i] + epsilon);
            c[i] = shift.AsSpan<float>()[i] - mean.AsSpan<float>()[i] * a[i];
        }

        return (a, c);
    }

    /// <summary>What is added to each channel as it is; null if that is no constant, or none a channel.</summary>
    private static double[]? OldBias(Node node, int channels)
    {
        var bias = new double[channels];
        if (!node.Has(Bias)) return bias;
        if (node.Constant(Bias) is not { Type: DataType.Float32 } old || node.Inputs.Count > Bias + 1) return null;
        float beta = node.OpType == "Gemm" ? node.Attributes.Float("beta", 1) : 1;
        if (ChannelConstant.Read(node.Inputs[Bias], node.OpType == "Gemm" ? node.Outputs[0]!.Shape!.Value : new Shape(channels), node.OpType == "Gemm" ? 1 : 0) is not { } values) return null;
        for (int i = 0; i < channels; i++) bias[i] = (double)beta * values[i];
        return bias;
    }

    private static void Fold(ModelGraph graph, Node node, double[] a, float[] bias)
    {
        if (Array.Exists(a, v => v != 1)) node.SetInput(1, ScaledWeights(graph, node, a));
        node.SetInput(Bias, graph.AddConstant(node.Name + ".bias", Tensor.Create<float>(new Shape(bias.Length), bias)));
        if (node.OpType == "Gemm") node.Attributes.Set("beta", 1f);
    }

    private static Value ScaledWeights(ModelGraph graph, Node node, double[] a)
    {
        bool transposed = node.OpType == "Gemm" && node.Attributes.Int("transB", 0) != 0;
        if (node.OpType is not ("MatMul" or "Gemm") || node.Inputs[1]!.Stored is not { } stored || !stored.Multiplies(transposed))
            return graph.AddConstant(node.Name + ".weights", Scaled(node, a));
        // Of integers the scales are multiplied.
        var weights = graph.AddValue(node.Name + ".weights", DataType.Float32, null);
        weights.SetStored(stored.Scaled(a, transposed));
        return weights;
    }

    private static Tensor Scaled(Node node, double[] a)
    {
        var weights = node.Constant(1)!;
        var scaled = Tensor.Create(DataType.Float32, weights.Shape);
        var from = weights.AsSpan<float>();
        var to = scaled.AsSpan<float>();
        // Conv [O, I/g, …]: the output channel is axis 0. ConvTranspose [I, O/g, …]: it is axis 1 within the group of axis 0.
        // Products [K, N], or [N, K] where they are transposed.
        int group = (int)node.Attributes.Int("group", 1), perGroup = a.Length / group;
        bool byColumn = node.OpType == "MatMul" || (node.OpType == "Gemm" && node.Attributes.Int("transB", 0) == 0);
        int inner = byColumn ? 1 : weights.Shape.Product(node.OpType == "ConvTranspose" ? 2 : 1, weights.Shape.Rank);
        for (int i = 0; i < from.Length; i++)
        {
            int block = i / inner;
            int channel = byColumn ? block % a.Length
                : node.OpType == "ConvTranspose" ? block / perGroup / (weights.Shape[0] / group) * perGroup + block % perGroup : block;
            to[i] = (float)(from[i] * a[channel]);
        }

        return scaled;
    }

    private static double[] Map(float[] values, Func<float, double> f) => Array.ConvertAll(values, v => f(v));
}
