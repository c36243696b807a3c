using Edge.Quantization.Calibration;
using Edge.Quantization.Candidates;

namespace Edge.Quantization.Rounding;

/// <summary>Chooses integers for the weights of one layer. Deterministic, whatever the number of threads.</summary>
internal interface IRoundingMethod
{
    /// <summary>Integers in [−127, 127], <c>[Rows, Columns]</c>.</summary>
    sbyte[] Round(LayerProblem problem, CancellationToken cancellation);
}

/// <summary>How a layer was rounded.</summary>
/// <param name="Layer">Name of its node.</param>
/// <param name="Before">Squared error with the nearest integers and the best bias on columns that were held back, relative to the power of the result.</param>
/// <param name="After">With those that were chosen.</param>
/// <param name="Moved">Weights that are not rounded to the nearest integer.</param>
internal sealed record RoundedLayer(string Layer, double Before, double After, int Moved);

/// <summary>
/// Rounds the weights of a quantized model layer by layer, in the order of the graph: each layer sees the inputs that the
/// layers before it, rounded already, give it in the quantized model, and has the float model's result as its target
/// (Nagel et al. 2020, "Up or down? Adaptive rounding for post-training quantization", section 3.3). Biases are corrected
/// on the way. Integers that are no better than the nearest on samples that the method did not see are not taken.
/// </summary>
internal static class LayerwiseRounding
{
    /// <summary>Columns that a layer is rounded by, at most, and those that even the largest has.</summary>
    private const int MostColumns = 2048, LeastColumns = 64;

    /// <summary>Floats that are kept of the layers of one level, at most: 16 MB.</summary>
    private const int MostFloats = 4 << 20;

    /// <param name="candidate">Its graph is changed in place.</param>
    /// <param name="method">Chooses the integers of a layer.</param>
    /// <param name="samples">Read once for each <see cref="QuantizedLayer.Level"/>, by models that end there; some dozens suffice.</param>
    /// <param name="progress">Called with the number of layers done, and of how many.</param>
    /// <param name="cancellation">Looked at before each sample and within each layer; after it the graph is rounded in part.</param>
    /// <returns>One entry a layer, in the order in which they were rounded.</returns>
    public static IReadOnlyList<RoundedLayer> Run(
        Candidate candidate, IRoundingMethod method, SampleReader samples, Action<int, int> progress, CancellationToken cancellation)
    {
        IReadOnlyList<QuantizedLayer> layers = QuantizedLayer.Of(candidate);
        // One memory for the columns of all levels, one after the other.
        float[] memory = new float[MostFloats];
        var rounded = new List<RoundedLayer>();
        foreach (IGrouping<int, QuantizedLayer> level in layers.GroupBy(l => l.Level).OrderBy(g => g.Key))
        {
            SpareMemory.Return();
            QuantizedLayer[] own = [.. level];
            Dictionary<QuantizedLayer, LayerSamples> seen = own.Select((l, i) => NewSamples(l, memory.AsMemory(memory.Length / own.Length * i, memory.Length / own.Length), samples.Count)).ToDictionary(s => s.Layer);
            LayerPass.Run(candidate, own, samples, (layer, sample, input, patches, result) => seen[layer].Add(sample, input, patches, result), cancellation);
            foreach (QuantizedLayer layer in own)
            {
                rounded.Add(Round(new LayerProblem(seen[layer]), method, cancellation));
                progress(rounded.Count, layers.Count);
            }
        }
        return rounded;
    }

    private static LayerSamples NewSamples(QuantizedLayer layer, Memory<float> memory, int? samples)
    {
        int floats = LayerSamples.Floats(layer), most = Math.Min(memory.Length / floats, MostColumns);
        if (most < LeastColumns) (memory, most) = (new float[LeastColumns * floats], LeastColumns);
        return new LayerSamples(layer, memory[..(most * floats)], Math.Max(1, (most + (samples ?? 32) - 1) / (samples ?? 32)));
    }

    private static RoundedLayer Round(LayerProblem problem, IRoundingMethod method, CancellationToken cancellation)
    {
        QuantizedLayer layer = problem.Layer;
        float[] bias = problem.BestBias(problem.Nearest);
        sbyte[] codes = method.Round(problem, cancellation);
        float[] newBias = problem.BestBias(codes);
        double[] before = problem.Errors(problem.Nearest, bias), after = problem.Errors(codes, newBias);
        double power = Math.Max(problem.Power(), double.Epsilon), errorBefore = before.Sum() / power, errorAfter = after.Sum() / power;
        if (errorAfter < errorBefore)
        {
            layer.SetCodes(codes);
            bias = newBias;
        }
        else
        {
            (codes, errorAfter) = (problem.Nearest, errorBefore);
        }
        if (layer.TakesBias) layer.SetBias(bias);
        return new RoundedLayer(layer.Name, errorBefore, errorAfter, codes.Where((q, i) => q != problem.Nearest[i]).Count());
    }
}
