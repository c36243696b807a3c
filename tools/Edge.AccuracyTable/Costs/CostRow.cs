using System.Globalization;

namespace Edge.AccuracyTable.Costs;

/// <summary>What one piece of work took in a process of its own.</summary>
/// <param name="Work">What was done.</param>
/// <param name="Samples">Samples that calibrated.</param>
/// <param name="Judged">Samples that judged, for each candidate anew; 0 for none.</param>
/// <param name="Seconds">On the wall; for float32 inference, of a run.</param>
/// <param name="PeakMegabytes">Of the process's resident memory.</param>
internal sealed record CostRow(string Work, int Samples, int Judged, double Seconds, double PeakMegabytes)
{
    /// <summary>As one process tells it to another: fields between tabs.</summary>
    public string ToLine() => string.Create(CultureInfo.InvariantCulture, $"{Mark}\t{Work}\t{Samples}\t{Judged}\t{Seconds:R}\t{PeakMegabytes:R}");

    /// <summary>Null for a line that is no row.</summary>
    public static CostRow? Parse(string line) => line.Split('\t') is [Mark, var work, var samples, var judged, var seconds, var peak]
        ? new CostRow(work, int.Parse(samples, CultureInfo.InvariantCulture), int.Parse(judged, CultureInfo.InvariantCulture), double.Parse(seconds, CultureInfo.InvariantCulture), double.Parse(peak, CultureInfo.InvariantCulture))
        : null;

    private const string Mark = "cost";
}
