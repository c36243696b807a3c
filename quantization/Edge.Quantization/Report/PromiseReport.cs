using Edge.Quantization.Search;

namespace Edge.Quantization.Report;

/// <summary>What a search for a promised accuracy found.</summary>
/// <param name="Metric">What was promised: <c>top-1</c>.</param>
/// <param name="Unit"><c>%</c>, whose drops are percentage points, or empty.</param>
/// <param name="HigherIsBetter">Which way the metric is better.</param>
/// <param name="MaxDrop">How much worse it may be.</param>
/// <param name="Relative">Whether that is a share of the float model's value.</param>
/// <param name="FloatValue">The metric of the float model.</param>
/// <param name="Value">The metric of the quantized model.</param>
/// <param name="Drop">How much worse it is, as <paramref name="MaxDrop"/> is given; negative where it is better.</param>
/// <param name="Kept">Whether the promise is kept; where it is not, this is the best that was found.</param>
/// <param name="Data">What it was measured on.</param>
/// <param name="Samples">On how many samples.</param>
/// <param name="SameTop">Samples whose first output has its largest value at the same place; null where outputs have no such.</param>
/// <param name="FloatMacsPercent">Share of the multiply-accumulates that the search left in float.</param>
/// <param name="FloatMilliseconds">Median time of a run of the float model on this machine.</param>
/// <param name="Milliseconds">Median time of a run of the quantized model.</param>
/// <param name="Machine">Processor and kernel set that the times are of.</param>
/// <param name="Steps">What was tried, in order.</param>
/// <param name="Worst">The samples whose outputs moved most.</param>
/// <param name="WideMacsPercent">Share of the multiply-accumulates that the search gave 16-bit activations.</param>
/// <param name="Interval">Where the drop lies with a confidence of 95 %, as these samples tell; null where they, or those of some kind without which the metric is not defined, are too few.</param>
/// <param name="Unseen">The same on data that the search did not see; null where there was none.</param>
public sealed record PromiseReport(
    string Metric, string Unit, bool HigherIsBetter, double MaxDrop, bool Relative, double FloatValue, double Value, double Drop, bool Kept,
    string Data, int Samples, int? SameTop, double FloatMacsPercent, double FloatMilliseconds, double Milliseconds, string Machine,
    IReadOnlyList<SearchStepReport> Steps, IReadOnlyList<SampleReport> Worst,
    double WideMacsPercent = 0, DropInterval? Interval = null, UnseenReport? Unseen = null);

/// <summary>The model that a search found, on data that the search did not see.</summary>
/// <param name="Data">What it was measured on.</param>
/// <param name="Samples">On how many samples.</param>
/// <param name="FloatValue">The metric of the float model.</param>
/// <param name="Value">The metric of the quantized model.</param>
/// <param name="Drop">How much worse it is, as the promise is given.</param>
/// <param name="Kept">Whether the promise is kept there.</param>
/// <param name="Interval">Where the drop lies with a confidence of 95 %; null as in <see cref="PromiseReport"/>.</param>
public sealed record UnseenReport(string Data, int Samples, double FloatValue, double Value, double Drop, bool Kept, DropInterval? Interval);

/// <summary>One candidate of a search.</summary>
/// <param name="Name">What was done on top of what was taken before.</param>
/// <param name="Value">The metric.</param>
/// <param name="Drop">How much worse it is than the float model's.</param>
/// <param name="SqnrDb">Signal-to-noise ratio of the outputs.</param>
/// <param name="Taken">Whether later steps build on it.</param>
/// <param name="Kept">Whether it keeps the promise.</param>
public sealed record SearchStepReport(string Name, double Value, double Drop, double SqnrDb, bool Taken, bool Kept);

/// <summary>One sample's outputs, float and quantized.</summary>
/// <param name="Sample">Its position, from 0.</param>
/// <param name="Name">Its name, where the source has names.</param>
/// <param name="SqnrDb">Signal-to-noise ratio of its outputs.</param>
/// <param name="FloatTop">Index of the float model's largest first output; null where outputs have no such.</param>
/// <param name="Top">The quantized model's.</param>
/// <param name="FloatScore">The float model's value there.</param>
/// <param name="Score">The quantized model's value there.</param>
public sealed record SampleReport(int Sample, string? Name, double SqnrDb, int? FloatTop, int? Top, float? FloatScore, float? Score);
