using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Passes;

/// <summary>
/// Folds what follows a convolution and is affine a channel — BatchNormalization, multiplication, division, addition or
/// subtraction of constants — into its weights and bias: <c>a·(w∗x + b) + c = (a·w)∗x + (a·b + c)</c>. Arithmetic in double.
/// </summary>
internal static class AffineFusion
{
    public static void Run(ModelGraph graph)
    {
        foreach (var node in graph.Nodes.ToArray())
        {
            if (node.Domain.Length > 0 || node.OpType is not ("Conv" or "ConvTranspose")) continue;
            while (graph.OnlyConsumer(node.Outputs[0]!) is { } next && ReadAffine(next, node.Outputs[0]!) is var (a, c) && Weights(node) is { } w)
            {
                if (!Fold(graph, node, w, a, c)) break;
                var result = next.Outputs[0]!;
                graph.Remove(next);
                node.SetOutput(0, result);
            }
        }
    }

    private static Tensor? Weights(Node node) => node.Constant(1) is { Type: DataType.Float32 } w && w.Shape.Rank >= 3 ? w : null;

    /// <summary>Factor and addend a channel, if <paramref name="next"/> is affine in <paramref name="x"/>.</summary>
    private static (double[] A, double[] C)? ReadAffine(Node next, Value x)
    {
        if (next.Domain.Length > 0 || next.Outputs[0] is not { IsStatic: true } y || !x.IsStatic || y.Shape != x.Shape) return null;
        if (next.OpType == "BatchNormalization") return next.Inputs[0] == x && next.Outputs.Count == 1 ? ReadBatchNormalization(next) : null;
        if (next.OpType is not ("Mul" or "Div" or "Add" or "Sub")) return null;

        bool first = next.Inputs[0] == x;
        if (!first && next.OpType == "Div") return null;
        if (ChannelConstant.Read(next.Inputs[first ? 1 : 0], x.Shape!.Value, 1) is not { } k) return null;
        return next.OpType switch
        {
            "Mul" => (Map(k, v => v), Map(k, _ => 0)),
            "Div" => k.Contains(0) ? null : (Map(k, v => 1.0 / v), Map(k, _ => 0)),
            "Add" => (Map(k, _ => 1), Map(k, v => v)),
            _ => first ? (Map(k, _ => 1), Map(k, v => -(double)v)) : (Map(k, _ => -1), Map(k, v => v)),
        };
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

    private static bool Fold(ModelGraph graph, Node conv, Tensor weights, double[] a, double[] c)
    {
        int channels = a.Length;
        if (conv.Has(2) && conv.Constant(2) is not { Type: DataType.Float32 }) return false;
        bool transposed = conv.OpType == "ConvTranspose";
        int group = (int)conv.Attributes.Int("group", 1);
        int perGroup = channels / group;
        var scaled = Tensor.Create(DataType.Float32, weights.Shape);
        var from = weights.AsSpan<float>();
        var to = scaled.AsSpan<float>();
        // Conv [O, I/g, …]: the output channel is axis 0. ConvTranspose [I, O/g, …]: it is axis 1 within the group of axis 0.
        int spatial = weights.Shape.Product(2, weights.Shape.Rank);
        int inner = transposed ? spatial : weights.Shape[1] * spatial;
        for (int i = 0; i < from.Length; i++)
        {
            int block = i / inner;
            int channel = transposed ? block / perGroup / (weights.Shape[0] / group) * perGroup + block % perGroup : block;
            to[i] = (float)(from[i] * a[channel]);
        }

        var bias = new float[channels];
        var old = conv.Constant(2);
        for (int i = 0; i < channels; i++) bias[i] = (float)((old is null ? 0 : old.AsSpan<float>()[i]) * a[i] + c[i]);
        conv.SetInput(1, graph.AddConstant(conv.Name + ".weights", scaled));
        conv.SetInput(2, graph.AddConstant(conv.Name + ".bias", Tensor.Create<float>(new Shape(channels), bias)));
        return true;
    }

    private static double[] Map(float[] values, Func<float, double> f) => Array.ConvertAll(values, v => f(v));
}
