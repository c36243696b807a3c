using Edge.Quantization.Rewrite.Qdq;

namespace Edge.Quantization.Search.Noise;

/// <summary>One more step towards float.</summary>
/// <param name="Layers">Layers that stay float with this step and all before it.</param>
/// <param name="ErrorLeft">The error of the outputs that is left then, as the profile has it.</param>
internal sealed record FloatStep(IReadOnlyList<string> Layers, double ErrorLeft);

/// <summary>
/// In which order layers best go back to float. What float saves is not only a layer's own rounded weights: an activation
/// stays exact once the layer that computes it and all layers that read it are float, so that layers go in such sets. The set
/// goes first that takes away the most error for what it costs.
/// </summary>
internal static class FloatOrder
{
    /// <param name="plan">Of the quantized model.</param>
    /// <param name="noise">What rounding adds.</param>
    /// <param name="cost">What float costs more than integers for the layer with that name; above 0.</param>
    /// <returns>Each step with more layers than the one before; the last without any error.</returns>
    public static IReadOnlyList<FloatStep> Of(QuantizationPlan plan, NoiseProfile noise, Func<string, double> cost)
    {
        List<Source> left = [.. Sources(plan, noise)];
        HashSet<string> inFloat = [];
        var steps = new List<FloatStep>();
        while (left.Count > 0)
        {
            HashSet<string> best = [];
            double most = -1;
            foreach (HashSet<string> set in left.Select(s => s.Layers))
            {
                double gain = left.Where(s => s.Layers.All(l => inFloat.Contains(l) || set.Contains(l))).Sum(s => s.Error);
                double worth = gain / set.Where(l => !inFloat.Contains(l)).Sum(cost);
                if (worth > most) (best, most) = (set, worth);
            }
            inFloat.UnionWith(best);
            left.RemoveAll(s => s.Layers.IsSubsetOf(inFloat));
            steps.Add(new FloatStep([.. inFloat], left.Sum(s => s.Error)));
        }
        return steps;
    }

    /// <summary>The layers that must all be float for an error to go.</summary>
    private static IEnumerable<Source> Sources(QuantizationPlan plan, NoiseProfile noise)
    {
        var writers = new Dictionary<string, QuantizationUnit>();
        var readers = new Dictionary<string, List<QuantizationUnit>>();
        foreach (QuantizationUnit unit in plan.Quantized)
        {
            foreach (string output in unit.Outputs) writers[output] = unit;
            foreach (string input in unit.Inputs)
            {
                if (!readers.TryGetValue(input, out List<QuantizationUnit>? list)) readers[input] = list = [];
                list.Add(unit);
            }
        }
        foreach ((string activation, double error) in noise.Activations)
        {
            HashSet<string> layers = [], seen = [];
            // An operator without weights computes in float what only float operators read.
            if (writers.TryGetValue(activation, out QuantizationUnit? writer) && writer.Role == OperatorRole.Product) layers.Add(writer.Main.Name);
            Behind(activation, readers, layers, seen);
            if (layers.Count > 0 && error > 0) yield return new Source(layers, error);
        }
        foreach ((string layer, double error) in noise.Weights)
            if (error > 0) yield return new Source([layer], error);
    }

    /// <summary>The layers that read an activation, or what operators without weights make of it.</summary>
    private static void Behind(string activation, Dictionary<string, List<QuantizationUnit>> readers, HashSet<string> layers, HashSet<string> seen)
    {
        if (!seen.Add(activation) || !readers.TryGetValue(activation, out List<QuantizationUnit>? list)) return;
        foreach (QuantizationUnit unit in list)
        {
            if (unit.Role == OperatorRole.Product) layers.Add(unit.Main.Name);
            else foreach (string output in unit.Outputs) Behind(output, readers, layers, seen);
        }
    }

    private sealed record Source(HashSet<string> Layers, double Error);
}
