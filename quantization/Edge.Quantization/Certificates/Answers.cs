using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Certificates;

/// <summary>A model's outputs as a certificate holds them, and whether others are the same.</summary>
internal static class Answers
{
    /// <summary>
    /// Part of an output's size by which values may differ: a rounding in the last bit of a float step may move one integer by
    /// one, and what follows with it.
    /// </summary>
    private const double Tolerance = 0.02;

    public static CertifiedAnswer Of(IReadOnlyList<Tensor> outputs)
    {
        var hash = new Sha256();
        var rows = new List<CertifiedOutput>();
        foreach (Tensor t in outputs)
        {
            if (t.Type != DataType.String) hash.Append(t.Bytes);
            if (t.Type == DataType.Float32) rows.Add(Of(t.AsSpan<float>()));
        }
        return new CertifiedAnswer(rows, hash.Finish()[..16]);
    }

    private static CertifiedOutput Of(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty) return new CertifiedOutput(-1, 0, 0);
        int top = 0;
        double squares = 0;
        for (int i = 0; i < values.Length; i++)
        {
            squares += (double)values[i] * values[i];
            if (values[i] > values[top]) top = i;
        }
        return new CertifiedOutput(top, values[top], (float)Math.Sqrt(squares / values.Length));
    }

    /// <summary>What differs; null where nothing does that matters.</summary>
    /// <param name="expected">What the certificate says.</param>
    /// <param name="outputs">What the device computed.</param>
    public static string? Difference(CertifiedAnswer expected, IReadOnlyList<Tensor> outputs)
    {
        CertifiedAnswer actual = Of(outputs);
        if (actual.Fingerprint == expected.Fingerprint) return null;
        if (actual.Outputs.Count != expected.Outputs.Count) return $"{actual.Outputs.Count} float32 outputs, {expected.Outputs.Count} are certified";
        for (int i = 0; i < actual.Outputs.Count; i++)
        {
            CertifiedOutput e = expected.Outputs[i], a = actual.Outputs[i];
            double allowed = Tolerance * Math.Max(Math.Abs(e.Score), e.Size);
            // Of two values that are as good as equal either may be the largest.
            if (a.Top != e.Top && !IsTie(outputs, i, e, allowed)) return $"output {i} has its largest value at {a.Top}, {e.Top} is certified";
            if (!(Math.Abs(a.Score - e.Score) <= allowed)) return $"output {i} has {a.Score:G6} as its largest value, {e.Score:G6} is certified";
            if (!(Math.Abs(a.Size - e.Size) <= Tolerance * e.Size)) return $"output {i} has a size of {a.Size:G6}, {e.Size:G6} is certified";
        }
        return null;
    }

    private static bool IsTie(IReadOnlyList<Tensor> outputs, int index, CertifiedOutput expected, double allowed)
    {
        Tensor t = outputs.Where(o => o.Type == DataType.Float32).ElementAt(index);
        ReadOnlySpan<float> values = t.AsSpan<float>();
        if ((uint)expected.Top >= (uint)values.Length) return false;
        float largest = values[0];
        foreach (float v in values) largest = Math.Max(largest, v);
        // Far smaller than what scores may differ by: labels that disagree must not pass as ties.
        return largest - values[expected.Top] <= allowed * 0.05;
    }
}
