namespace Edge.OnnxRuntime.Selection;

/// <summary>Which candidate runs a model, and why.</summary>
/// <param name="Model">The model's file name.</param>
/// <param name="Provider">The candidate's name.</param>
/// <param name="Reason">One sentence.</param>
/// <param name="Reference">What the candidates were held against.</param>
/// <param name="Measured">When.</param>
/// <param name="Results">Of every candidate, in the order in which they were given.</param>
public sealed record ProviderChoice(string Model, string Provider, string Reason, string Reference, DateTimeOffset Measured, IReadOnlyList<CandidateResult> Results);

/// <summary>What became of one candidate.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Engine">What its session calls itself, with the providers that run nodes; empty if there was none.</param>
/// <param name="MedianMs">Of its runs, in milliseconds; null if it was not measured.</param>
/// <param name="Error">Greatest difference from the reference as a share of the output's range; null if it did not run.</param>
/// <param name="Verdict"><c>fastest</c>, <c>slower</c>, or why it was left out.</param>
public sealed record CandidateResult(string Name, string Engine, double? MedianMs, double? Error, string Verdict);
