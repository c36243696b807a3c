using Edge.Runtime.Graph;
using Edge.Tensors;

namespace Edge.Runtime.Passes;

/// <summary>
/// Folds what comes before a convolution with constant weights and is affine a channel into these:
/// <c>w∗(a·x + c) + b = (w·a)∗x + (Σ w·c + b)</c>. An addend is folded only where nothing is padded, since the padding is
/// 0 behind it. Arithmetic in double; the results may differ in the last bits.
/// </summary>
internal static class InputAffineFusion
{
    public static void Run(ModelGraph graph)
    {
        foreach (var conv in graph.Nodes.ToArray())
        {
            if (conv is not { OpType: "Conv", Domain: "", Outputs: [{ IsStatic: true }] } || conv.Constant(1) is not { Type: DataType.Float32, Shape.Rank: >= 3 }) continue;
            if (conv.Has(2) && conv.Constant(2) is not { Type: DataType.Float32 }) continue;
            // y = factors·x + addends, from the convolution backwards.
            double[]? factors = null, addends = null;
            while (conv.Inputs[0] is { Producer: { } before } input && graph.OnlyConsumer(input) == conv
                && before.Inputs.FirstOrDefault(v => v is { IsConstant: false }) is { } x && AffineFusion.ReadAffine(before, x, 1) is var (a, c)
                && (!PadsInput(conv) || !Array.Exists(c, v => v != 0)))
            {
                for (int i = 0; i < a.Length && factors is not null; i++) (a[i], c[i]) = (factors[i] * a[i], factors[i] * c[i] + addends![i]);
                (factors, addends) = (a, c);
                conv.SetInput(0, x);
                graph.Remove(before);
            }

            if (factors is not null) Fold(graph, conv, factors, addends!);
        }
    }

    private static bool PadsInput(Node conv) =>
        conv.Attributes.String("auto_pad", "NOTSET") is not ("NOTSET" or "VALID") || (conv.Attributes.Ints("pads") ?? []).Any(p => p != 0);

    private static void Fold(ModelGraph graph, Node conv, double[] a, double[] c)
    {
        var weights = conv.Constant(1)!;
        int outputs = weights.Shape[0], perGroup = weights.Shape[1], taps = weights.Shape.Product(2, weights.Shape.Rank);
        int outputsPerGroup = outputs / (a.Length / perGroup);
        var scaled = Tensor.Create(DataType.Float32, weights.Shape);
        var bias = new float[outputs];
        for (int o = 0, at = 0; o < outputs; o++)
        {
            double sum = conv.Constant(2)?.AsSpan<float>()[o] ?? 0;
            for (int i = 0; i < perGroup; i++)
            {
                int channel = o / outputsPerGroup * perGroup + i;
                for (int tap = 0; tap < taps; tap++, at++)
                {
                    float w = weights.AsSpan<float>()[at];
                    scaled.AsSpan<float>()[at] = (float)(w * a[channel]);
                    sum += w * c[channel];
                }
            }

            bias[o] = (float)sum;
        }

        conv.SetInput(1, graph.AddConstant(conv.Name + ".weights", scaled));
        conv.SetInput(2, graph.AddConstant(conv.Name + ".bias", Tensor.Create<float>(new Shape(outputs), bias)));
    }
}
