using System.Globalization;

namespace Edge.Quantization.Report;

/// <summary>What was changed before quantization, as rows of a table.</summary>
internal static class PreparationText
{
    public static readonly string[] Columns = ["change", "written by", "read by", "channels", "effect"];

    public static IEnumerable<string[]> Rows(PreparationReport p)
    {
        foreach (SmoothedInput s in p.Smoothed)
            yield return ["outliers smoothed", Names(s.Producers), Names(s.Consumers), $"{s.Channels}", $"largest over mean magnitude {Number(s.SpreadBefore)} → {Number(s.SpreadAfter)}"];
        foreach (EqualizedSet e in p.Equalized)
            yield return ["ranges equalized", Names(e.Producers), Names(e.Consumers), $"{e.Scaled} of {e.Channels}", $"largest over smallest range {Number(e.SpreadBefore)} → {Number(e.SpreadAfter)}"];
        foreach (AbsorbedBias a in p.Absorbed)
            yield return ["bias absorbed", a.Producer, Names(a.Consumers), $"{a.Channels}", $"up to {Number(a.Largest)}; {(a.LargestCut > 0 ? $"values of the samples were cut by up to {Number(a.LargestCut)}" : "no value of the samples changed")}"];
    }

    private static string Names(IReadOnlyList<string> names) => string.Join(", ", names);

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
