using Edge.Quantization.Report;
using Edge.Quantization.Rewrite;
using Edge.Quantization.Rewrite.Preparation;

namespace Edge.Quantization.Equalization;

/// <summary>
/// SmoothQuant (Xiao et al. 2023, "SmoothQuant: accurate and efficient post-training quantization for large language models",
/// equation 4): outliers in some channels of an activation, which make the steps of all others coarse, move into the weights that
/// read it: channel j is divided by <c>s[j] = max|X[j]|^α / max|W[j]|^(1−α)</c>, and row j of the weights is multiplied by it.
/// The factor folds into what writes the activation: scale and bias of a LayerNormalization, fused or written out; a constant
/// product and sum; a linear layer with homogeneous operators behind it. Factors have a geometric mean of 1, which changes nothing
/// and keeps values in their order of magnitude.
/// </summary>
internal static class SmoothQuant
{
    /// <summary>Strength that suits most models (section 5.1).</summary>
    public const double DefaultAlpha = 0.5;

    /// <summary>Smooths a prepared float graph in place; it computes the same up to the rounding of float32 weights.</summary>
    /// <param name="graph">As <see cref="ModelPreparation"/> leaves it.</param>
    /// <param name="facts">Of the same graph.</param>
    /// <param name="statistics">
    /// Channel statistics of at least <see cref="Values"/>. Behind a Clip(0, h), channels are scaled only as far as
    /// <see cref="ChannelSet.Limits"/> permits.
    /// </param>
    /// <param name="alpha">From 0, all difficulty stays in the activation, to 1, all of it moves into the weights.</param>
    /// <returns>What was smoothed, in graph order.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alpha"/> is not from 0 to 1.</exception>
    public static IReadOnlyList<SmoothedInput> Apply(OnnxGraph graph, TensorFacts facts, IReadOnlyDictionary<string, ChannelStatistics> statistics, double alpha = DefaultAlpha)
    {
        if (!(alpha >= 0 && alpha <= 1)) throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "must be from 0 to 1");
        ChannelSets sets = ChannelSets.Of(graph, facts);
        var smoothed = new List<SmoothedInput>();
        foreach (ChannelSet set in sets.Sets)
        {
            string[] read = Read(set);
            if (!set.KnowsClips(statistics) || !Array.TrueForAll(read, statistics.ContainsKey)) continue;
            double[] inputs = new double[set.Channels], weights = new double[set.Channels];
            foreach (ChannelStatistics s in read.Select(v => statistics[v]))
                for (int c = 0; c < inputs.Length; c++) inputs[c] = Math.Max(inputs[c], s.Magnitude(c));
            foreach (ScaledLayer layer in set.Consumers) layer.LargestByInput(weights);
            double[] factors = Factors(inputs, weights, set.Limits(statistics), alpha);
            for (int c = 0; c < factors.Length; c++) set.Scale(c, factors[c]);
            double before = Spread(inputs), after = Spread([.. inputs.Select((x, c) => x * factors[c])]);
            string[] producers = [.. ChannelSet.Names(set.Producers), .. set.Constants.Select(c => c.Node.Name).Distinct()];
            smoothed.Add(new(producers, ChannelSet.Names(set.Consumers), set.Channels, before, after));
        }
        sets.Write();
        return smoothed;
    }

    /// <summary>The values whose channel statistics <see cref="Apply"/> needs, with their channel axes.</summary>
    public static IReadOnlyDictionary<string, int> Values(OnnxGraph graph, TensorFacts facts)
    {
        ChannelSets sets = ChannelSets.Of(graph, facts);
        return sets.Sets.SelectMany(s => Read(s).Concat(s.Clips.Select(c => c.Node.Inputs[0]))).Distinct().ToDictionary(v => v, sets.Axis);
    }

    /// <summary>
    /// Whether dense layers read what a normalization writes, as in transformers: that is where single channels are large. Between
    /// convolutions, <see cref="CrossLayerEqualization"/> does the same by weights.
    /// </summary>
    public static bool HasNormalized(OnnxGraph graph, TensorFacts facts) =>
        ChannelSets.Of(graph, facts).Sets.Any(s => s.Producers.Count == 0 && s.Constants.Count > 0 && s.Consumers.Exists(c => c.Linear.Node.OpType is "MatMul" or "Gemm"));

    private static string[] Read(ChannelSet set) => [.. set.Consumers.Select(l => l.Linear.Node.Inputs[0]).Distinct()];

    /// <summary>1/s for each channel; 1 for a channel of zeros and for one that must stay as it is.</summary>
    private static double[] Factors(double[] inputs, double[] weights, double[] limits, double alpha)
    {
        double[] factors = [.. inputs.Select((x, c) => x > 0 && weights[c] > 0 ? Math.Pow(weights[c], 1 - alpha) / Math.Pow(x, alpha) : double.NaN)];
        double mean = GeometricMean(factors);
        return [.. factors.Select((f, c) => double.IsNaN(f) || double.IsNaN(limits[c]) ? 1 : Math.Min(f / mean, limits[c]))];
    }

    private static double GeometricMean(IEnumerable<double> values)
    {
        double[] some = [.. values.Where(v => v > 0)];
        return some.Length == 0 ? 1 : Math.Exp(some.Average(Math.Log));
    }

    private static double Spread(double[] magnitudes) => magnitudes.Max() is var most and > 0 ? most / GeometricMean(magnitudes) : 1;
}
