namespace Edge.Quantization.Report;

/// <summary>
/// How the float model was rewritten before it became integers. It computes what it did, but for rounding and for what
/// <see cref="AbsorbedBias.LargestCut"/> says.
/// </summary>
/// <param name="Smoothed">Activations whose outliers were moved into weights, in graph order.</param>
/// <param name="Equalized">Channels between layers whose ranges were evened out.</param>
/// <param name="Absorbed">Biases that later layers took over, in graph order.</param>
public sealed record PreparationReport(IReadOnlyList<SmoothedInput> Smoothed, IReadOnlyList<EqualizedSet> Equalized, IReadOnlyList<AbsorbedBias> Absorbed);

/// <summary>What was smoothed before some layers.</summary>
/// <param name="Producers">Nodes that write the values: linear layers, or normalizations and what adds constants behind them.</param>
/// <param name="Consumers">The layers whose input was smoothed.</param>
/// <param name="Channels">Channels of the input.</param>
/// <param name="SpreadBefore">Largest magnitude of the input over the geometric mean of its channels' largest magnitudes.</param>
/// <param name="SpreadAfter">The same afterwards.</param>
public sealed record SmoothedInput(IReadOnlyList<string> Producers, IReadOnlyList<string> Consumers, int Channels, double SpreadBefore, double SpreadAfter);

/// <summary>What was equalized between layers.</summary>
/// <param name="Producers">Nodes whose result was scaled.</param>
/// <param name="Consumers">Nodes that read it.</param>
/// <param name="Channels">Channels, scaled or not.</param>
/// <param name="Scaled">Channels that were scaled by more or less than 1.</param>
/// <param name="SpreadBefore">Largest over smallest range of a channel before, as a geometric mean over producers and consumers; channels of zeros do not count.</param>
/// <param name="SpreadAfter">The same afterwards.</param>
public sealed record EqualizedSet(IReadOnlyList<string> Producers, IReadOnlyList<string> Consumers, int Channels, int Scaled, double SpreadBefore, double SpreadAfter);

/// <summary>What later layers absorbed.</summary>
/// <param name="Producer">The layer whose bias shrank.</param>
/// <param name="Consumers">The layers whose bias took it over.</param>
/// <param name="Channels">Channels of which something was absorbed.</param>
/// <param name="Largest">Largest bias that was absorbed.</param>
/// <param name="LargestCut">By how much a value of the samples at most fell short of what was absorbed of its channel: so far the function changed. 0: it did not, on these samples.</param>
public sealed record AbsorbedBias(string Producer, IReadOnlyList<string> Consumers, int Channels, double Largest, double LargestCut);
