using Edge.Quantization.Rounding;

namespace Edge.Quantization.Candidates;

/// <summary>
/// Takes over from one candidate to another what was learned of layers. Where other layers have gone back to float, the
/// inputs of a layer are only closer to the float model's than those that it was learned on.
/// </summary>
internal static class LayerMemory
{
    public static void TakeOver(Candidate from, Candidate to)
    {
        if (from.Source != to.Source) throw new ArgumentException("the candidates are of differently prepared models", nameof(from));
        Dictionary<string, QuantizedLayer> known = QuantizedLayer.Of(from).ToDictionary(l => l.Name);
        foreach (QuantizedLayer layer in QuantizedLayer.Of(to))
        {
            if (!known.TryGetValue(layer.Name, out QuantizedLayer? other) || !HaveSameScales(layer, other)) continue;
            layer.SetCodes(other.Codes());
            if (layer.TakesBias) layer.SetBias(other.Bias());
        }
    }

    private static bool HaveSameScales(QuantizedLayer a, QuantizedLayer b)
    {
        if (a.Rows != b.Rows) return false;
        for (int row = 0; row < a.Rows; row++)
            if (a.Scale(row) != b.Scale(row)) return false;
        return true;
    }
}
