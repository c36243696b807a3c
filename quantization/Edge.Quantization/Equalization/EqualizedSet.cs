namespace Edge.Quantization.Equalization;

/// <summary>What was equalized between layers.</summary>
/// <param name="Producers">Nodes whose result was scaled.</param>
/// <param name="Consumers">Nodes that read it.</param>
/// <param name="Channels">Channels, scaled or not.</param>
/// <param name="Scaled">Channels that were scaled by more or less than 1.</param>
/// <param name="SpreadBefore">Largest over smallest range of a channel before, as a geometric mean over producers and consumers; channels of zeros do not count.</param>
/// <param name="SpreadAfter">The same afterwards.</param>
internal sealed record EqualizedSet(IReadOnlyList<string> Producers, IReadOnlyList<string> Consumers, int Channels, int Scaled, double SpreadBefore, double SpreadAfter);
