using Edge.Quantization.Calibration;
using Edge.Quantization.Report;
using Edge.Quantization.Rewrite;
using Edge.Quantization.Rewrite.Preparation;

namespace Edge.Quantization.Equalization;

/// <summary>
/// Cross-layer range equalization (Nagel et al. 2019, "Data-free quantization through weight equalization and bias
/// correction", section 4.1): channel i of a value between linear layers is divided by
/// <c>s[i] = √(r1[i]·r2[i]) / r2[i]</c>, where r1 and r2 are the largest magnitudes of the weights that write and that read the
/// channel, so that both become √(r1·r2). The operators in between are homogeneous, so that the model computes the same up
/// to the rounding of float32 weights. A depthwise layer in the middle of three is equalized with both neighbours; repeated
/// over all sets, the pairs converge to the triple's solution. Where values are sums, all producers scale together.
/// </summary>
internal static class CrossLayerEqualization
{
    private const int MostRounds = 40;

    /// <summary>Rounds end when no factor of the last one was further from 1 than this.</summary>
    private const double Converged = 1e-3;

    /// <summary>Equalizes a prepared float graph in place.</summary>
    /// <param name="graph">As <see cref="ModelPreparation"/> leaves it.</param>
    /// <param name="facts">Of the same graph.</param>
    /// <param name="clipped">
    /// Channel statistics of the values that a Clip(0, h) reads, as <see cref="ClippedValues"/> names them. A channel whose
    /// largest value stays a quarter below the bound is scaled up to that limit, any other is not scaled: the function stays
    /// the same on these samples, and on others as long as their values are below 1.25 times the largest observed. Where
    /// statistics are missing, values behind a Clip are not equalized.
    /// </param>
    /// <returns>The sets of which a channel was scaled.</returns>
    public static IReadOnlyList<EqualizedSet> Apply(OnnxGraph graph, TensorFacts facts, IReadOnlyDictionary<string, ChannelStatistics>? clipped = null)
    {
        ChannelSets sets = ChannelSets.Of(graph, facts);
        List<Work> work = [.. sets.Sets.Where(CanEqualize).Where(s => s.KnowsClips(clipped)).Select(s => new Work(s, s.Limits(clipped)))];
        double[] before = [.. work.Select(w => w.Spread())];
        for (int round = 0; round < MostRounds; round++)
        {
            double change = 0;
            foreach (Work w in work) change = Math.Max(change, w.Equalize());
            if (change < Converged) break;
        }
        List<EqualizedSet> done = [];
        for (int i = 0; i < work.Count; i++)
        {
            ChannelSet set = work[i].Set;
            int scaled = work[i].Factors.Count(f => f != 1);
            if (scaled > 0) done.Add(new(ChannelSet.Names(set.Producers), ChannelSet.Names(set.Consumers), set.Channels, scaled, before[i], work[i].Spread()));
        }
        sets.Write();
        return done;
    }

    /// <summary>The values whose channel statistics <see cref="Apply"/> needs, with their channel axes; none where nothing is clipped.</summary>
    public static IReadOnlyDictionary<string, int> ClippedValues(OnnxGraph graph, TensorFacts facts)
    {
        ChannelSets sets = ChannelSets.Of(graph, facts);
        return sets.Sets.Where(CanEqualize).SelectMany(s => s.Clips).Select(c => c.Node.Inputs[0]).Distinct().ToDictionary(v => v, sets.Axis);
    }

    /// <summary>Whether there is anything to equalize.</summary>
    public static bool HasSets(OnnxGraph graph, TensorFacts facts) => ChannelSets.Of(graph, facts).Sets.Any(CanEqualize);

    /// <summary>Normalizations have no weights whose range could be evened out.</summary>
    private static bool CanEqualize(ChannelSet set) => set.Producers.Count > 0 && set.Constants.TrueForAll(c => c.Node.OpType == "Add");

    /// <summary>A set with the product of its factors so far. A limit of NaN holds a channel at 1.</summary>
    private sealed class Work(ChannelSet set, double[] limits)
    {
        private readonly double[] _written = new double[set.Channels], _read = new double[set.Channels];

        public ChannelSet Set { get; } = set;

        public double[] Factors { get; } = [.. Enumerable.Repeat(1.0, set.Channels)];

        /// <summary>Returns the largest |ln| of a factor.</summary>
        public double Equalize()
        {
            Measure();
            double change = 0;
            for (int c = 0; c < Factors.Length; c++)
            {
                if (_written[c] == 0 || _read[c] == 0 || double.IsNaN(limits[c])) continue;
                double factor = Math.Min(Math.Sqrt(_read[c] / _written[c]), limits[c] / Factors[c]);
                Set.Scale(c, factor);
                Factors[c] *= factor;
                change = Math.Max(change, Math.Abs(Math.Log(factor)));
            }
            return change;
        }

        public double Spread()
        {
            Measure();
            return Math.Sqrt(Spread(_written) * Spread(_read));
        }

        private static double Spread(double[] ranges)
        {
            double[] some = [.. ranges.Where(r => r > 0)];
            return some.Length == 0 ? 1 : some.Max() / some.Min();
        }

        private void Measure()
        {
            Array.Clear(_written);
            Array.Clear(_read);
            foreach (ScaledLayer layer in Set.Producers) layer.LargestByOutput(_written);
            foreach (ScaledLayer layer in Set.Consumers) layer.LargestByInput(_read);
        }
    }
}
