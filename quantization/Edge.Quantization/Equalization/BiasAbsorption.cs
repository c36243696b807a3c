using Edge.Onnx;
using Edge.Quantization.Report;
using Edge.Quantization.Rewrite;
using Edge.Quantization.Rewrite.Preparation;

namespace Edge.Quantization.Equalization;

/// <summary>
/// Absorption of high biases (Nagel et al. 2019, "Data-free quantization through weight equalization and bias correction",
/// section 4.1.3): where a layer's result stays above c &gt; 0, <c>relu(x) = relu(x − c) + c</c>, so that c can move from its bias
/// into that of the layers that read it, <c>b2 + W2·c</c>, and the activation needs a smaller range. As in the paper,
/// <c>c = max(0, mean − 3·deviation)</c> of each channel; here mean and deviation are measured. Layers whose padding would
/// have to be c instead of 0 absorb nothing.
/// </summary>
internal static class BiasAbsorption
{
    /// <summary>Deviations below the mean: 99.87% of a normal distribution lie above.</summary>
    private const double Deviations = 3;

    /// <summary>Operators that pass a shift of all of a channel's positive values on.</summary>
    private static readonly HashSet<string> Passing =
        ["Relu", "LeakyRelu", "PRelu", "Clip", "Identity", "MaxPool", "GlobalMaxPool", "AveragePool", "GlobalAveragePool", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Transpose"];

    /// <summary>Absorbs biases of a prepared float graph in place, best after equalization.</summary>
    /// <param name="graph">As <see cref="ModelPreparation"/> leaves it.</param>
    /// <param name="facts">Of the same graph.</param>
    /// <param name="statistics">
    /// Channel statistics of the values that <see cref="Values"/> names, of this very graph. Channels that come within a quarter
    /// of the upper bound of a Clip are left alone.
    /// </param>
    /// <returns>What was absorbed, in graph order.</returns>
    public static IReadOnlyList<AbsorbedBias> Apply(OnnxGraph graph, TensorFacts facts, IReadOnlyDictionary<string, ChannelStatistics> statistics)
    {
        var absorbed = new List<AbsorbedBias>();
        foreach (ChannelSet set in ChannelSets.Of(graph, facts).Sets)
        {
            if (!CanAbsorb(graph, set) || !statistics.TryGetValue(Result(set), out ChannelStatistics? seen)) continue;
            double[] shift = new double[set.Channels];
            double cut = 0;
            for (int c = 0; c < shift.Length; c++)
            {
                if (set.Clips.Exists(clip => seen.Max[c] * ChannelSet.Headroom > clip.High)) continue;
                shift[c] = Math.Max(0, seen.Mean(c) - (Deviations * seen.Deviation(c)));
                if (shift[c] > 0) cut = Math.Max(cut, shift[c] - seen.Min[c]);
            }
            if (Array.TrueForAll(shift, s => s == 0)) continue;
            AddToBias(graph, set.Producers[0].Linear, Array.ConvertAll(shift, s => -s));
            foreach (ScaledLayer consumer in set.Consumers) AddToBias(graph, consumer.Linear, Product(consumer.Linear, shift));
            absorbed.Add(new(set.Producers[0].Linear.Node.Name, ChannelSet.Names(set.Consumers), shift.Count(s => s > 0), shift.Max(), cut));
        }
        graph.RemoveDead();
        return absorbed;
    }

    /// <summary>The values whose channel statistics <see cref="Apply"/> needs, with their channel axes.</summary>
    public static IReadOnlyDictionary<string, int> Values(OnnxGraph graph, TensorFacts facts)
    {
        ChannelSets sets = ChannelSets.Of(graph, facts);
        return sets.Sets.Where(s => CanAbsorb(graph, s)).Select(Result).ToDictionary(v => v, sets.Axis);
    }

    private static string Result(ChannelSet set) => set.Producers[0].Linear.Node.Outputs[0];

    private static bool CanAbsorb(OnnxGraph graph, ChannelSet set)
    {
        if (set.Producers.Count != 1 || set.Constants.Count > 0 || set.Sums || !set.Producers[0].Linear.TakesBias) return false;
        HashSet<NodeProto> consumers = [.. set.Consumers.Select(c => c.Linear.Node)];
        IEnumerable<NodeProto> between = set.Values.SelectMany(graph.Consumers).Where(n => !consumers.Contains(n));
        return between.Any(n => n.OpType is "Relu" or "LeakyRelu" or "PRelu" or "Clip")
            && between.All(n => Passing.Contains(n.OpType) && (n.OpType != "AveragePool" || HasNoPadding(n)))
            && set.Consumers.TrueForAll(c => c.Linear.Node.OpType == "Gemm" || (c.Linear.Node.OpType == "Conv" && HasNoPadding(c.Linear.Node)));
    }

    private static bool HasNoPadding(NodeProto node) =>
        node.Text("auto_pad", "NOTSET") is "NOTSET" or "VALID" && (node.Ints("pads") ?? []).All(p => p == 0) && node.Int("ceil_mode", 0) == 0;

    /// <summary>What a constant c at each input channel adds to each output channel.</summary>
    private static double[] Product(LinearNode linear, double[] constant)
    {
        WeightLayout layout = WeightLayout.Of(linear);
        float[] w = linear.Weights.Floats();
        var sums = new double[layout.Outputs];
        for (int a = 0, at = 0; a < layout.Outer; a++)
        {
            for (int b = 0; b < layout.Inner; b++)
            {
                (int output, int input) = layout.Channels(a, b);
                for (int k = 0; k < layout.Kernel; k++, at++) sums[output] += w[at] * constant[input];
            }
        }
        return sums;
    }

    /// <summary>A layer may absorb what it read and have its own result absorbed; its node holds the bias as it is now.</summary>
    private static void AddToBias(OnnxGraph graph, LinearNode linear, double[] add)
    {
        NodeProto node = linear.Node;
        TensorProto? bias = node.HasInput(2) ? graph.Constant(node.Inputs[2]) : null;
        float[]? old = bias?.Floats();
        float[] sum = [.. add.Select((a, c) => (float)((old is null ? 0 : old[old.Length == 1 ? 0 : c]) + a))];
        node.SetInput(2, graph.AddConstant(TensorValues.Vector(bias?.Name ?? node.Name + "_bias", sum)));
    }
}
