using System.Numerics.Tensors;
using Edge.Quantization.Calibration;
using Edge.Quantization.Candidates;
using Edge.Quantization.Equalization;

namespace Edge.Quantization.Rounding;

/// <summary>
/// Bias correction (Nagel et al. 2019, "Data-free quantization through weight equalization and bias correction", section 4.2):
/// quantization shifts the mean of a layer's result, which the bias takes back. Layers that have a place for a bias and none
/// get one; a MatMul has no such place and is passed over.
/// </summary>
internal static class BiasCorrection
{
    /// <summary>
    /// From measurement (appendix D): layer by layer in the order of the graph, the mean of each channel's result in the float
    /// model minus that in the quantized one, whose earlier layers are corrected already. The layer being linear, the latter
    /// mean is that of its input's columns times its weights, exactly.
    /// </summary>
    /// <param name="candidate">Its graph is changed in place.</param>
    /// <param name="samples">Read once for each <see cref="QuantizedLayer.Level"/>, by quantized models that end there, and before that by the float model.</param>
    /// <param name="progress">Called with the number of layers done, and of how many.</param>
    /// <param name="cancellation">Looked at before each sample; after it the graph is corrected in part.</param>
    public static void Empirical(Candidate candidate, SampleReader samples, Action<int, int> progress, CancellationToken cancellation)
    {
        QuantizedLayer[] layers = [.. QuantizedLayer.Of(candidate).Where(l => l.TakesBias)];
        // The float model's means do not depend on what is corrected.
        var axes = layers.ToDictionary(l => l.RealResult, _ => 1);
        Dictionary<string, ChannelStatistics> real = ChannelStatistics.Gather(
            candidate.Source.NewModel(), axes, samples, candidate.Options.Sessions, _ => { }, cancellation, candidate.Source.Facts);
        int corrected = 0;
        foreach (IGrouping<int, QuantizedLayer> level in layers.GroupBy(l => l.Level).OrderBy(g => g.Key))
        {
            Dictionary<QuantizedLayer, Means> means = level.ToDictionary(l => l, l => new Means(l));
            LayerPass.RunQuantized(candidate, [.. level], samples, (layer, _, input, patches) => means[layer].Add(input, patches), cancellation);
            foreach ((QuantizedLayer layer, Means m) in means) Correct(layer, m.Shift(real[layer.RealResult]));
            progress(corrected += means.Count, layers.Length);
        }
    }

    /// <summary>
    /// From the weights' error alone: <c>(W − Ŵ)·E[x]</c> with the float model's mean of each input channel (the paper's equation
    /// 17, with measured means in the place of those that batch normalization promises). One pass, of the float model, unless its
    /// means are known. Padding counts as if it had the channel's mean.
    /// </summary>
    /// <inheritdoc cref="Empirical"/>
    public static void Analytic(Candidate candidate, SampleReader samples, Action<int, int> progress, CancellationToken cancellation)
    {
        QuantizedLayer[] layers = [.. QuantizedLayer.Of(candidate).Where(l => l.TakesBias)];
        int corrected = 0;
        foreach ((QuantizedLayer layer, double[] shift) in Shifts(candidate, layers, samples, cancellation))
        {
            layer.SetBias(layer.RealBias());
            Correct(layer, shift);
            progress(++corrected, layers.Length);
        }
    }

    /// <summary>By layer: the shift of the mean of its result that <see cref="Analytic"/> takes back.</summary>
    public static IEnumerable<(QuantizedLayer Layer, double[] Shift)> Shifts(Candidate candidate, IReadOnlyList<QuantizedLayer> layers, SampleReader samples, CancellationToken cancellation)
    {
        Dictionary<string, double[]> means = candidate.Source.ChannelMeans;
        var missing = layers.Select(l => l.RealInput).Where(v => !means.ContainsKey(v)).Distinct().ToDictionary(v => v, _ => 1);
        foreach ((string value, ChannelStatistics s) in ChannelStatistics.Gather(
            candidate.Source.NewModel(), missing, samples, candidate.Options.Sessions, _ => { }, cancellation, candidate.Source.Facts))
            means[value] = [.. Enumerable.Range(0, s.Min.Length).Select(s.Mean)];
        foreach (QuantizedLayer layer in layers)
        {
            double[] mean = means[layer.RealInput];
            int taps = layer.Geometry.Length / mean.Length;
            double[] column = [.. Enumerable.Range(0, layer.Geometry.Length).Select(k => mean[k / taps])];
            double[] real = Product(layer, column, layer.RealWeights()), quantized = Product(layer, column, Dequantized(layer));
            yield return (layer, [.. real.Select((y, r) => y - quantized[r])]);
        }
    }

    private static void Correct(QuantizedLayer layer, double[] shift)
    {
        float[] bias = layer.Bias();
        for (int r = 0; r < bias.Length; r++) bias[r] = (float)(bias[r] + shift[r]);
        layer.SetBias(bias);
    }

    /// <summary>The weights that the quantized model multiplies with.</summary>
    private static float[] Dequantized(QuantizedLayer layer) => [.. layer.Codes().Select((q, i) => q * layer.Scale(i / layer.Columns))];

    private static double[] Product(QuantizedLayer layer, double[] column, float[] weights)
    {
        var y = new double[layer.Rows];
        for (int r = 0; r < y.Length; r++)
        {
            int from = r / (layer.Rows / layer.Groups) * layer.Columns;
            for (int k = 0; k < layer.Columns; k++) y[r] += weights[(r * layer.Columns) + k] * column[from + k];
        }
        return y;
    }

    /// <summary>Sums of the columns of a layer's input in the quantized model.</summary>
    private sealed class Means(QuantizedLayer layer)
    {
        private readonly double[] _columns = new double[layer.Geometry.Length];
        private readonly float[] _column = new float[layer.Geometry.Length], _sum = new float[layer.Geometry.Length];
        private long _count;

        public void Add(ReadOnlySpan<float> input, Patches patches)
        {
            // Float32 sums of one image, float64 sums over all.
            Array.Clear(_sum);
            for (int i = 0; i < patches.Count; i++)
            {
                patches.Read(input, i, _column);
                TensorPrimitives.Add<float>(_sum, _column, _sum);
            }
            for (int k = 0; k < _sum.Length; k++) _columns[k] += _sum[k];
            _count += patches.Count;
        }

        /// <summary>Mean of the float result minus that of the quantized one.</summary>
        public double[] Shift(ChannelStatistics real)
        {
            double[] mean = Array.ConvertAll(_columns, s => s / _count);
            double[] quantized = Product(layer, mean, Dequantized(layer));
            float[] bias = layer.Bias();
            return [.. quantized.Select((y, r) => real.Mean(r) - y - bias[r])];
        }
    }
}
