using Edge.Imaging;

namespace Edge.Evaluation.Truths;

/// <summary>What is known of samples, by position.</summary>
internal abstract record Truth;

/// <summary>A word or number for each.</summary>
/// <param name="Labels">As the data has them.</param>
/// <param name="Source">Where they stand, for messages.</param>
internal sealed record TextTruth(IReadOnlyList<string> Labels, string Source) : Truth;

/// <summary>An object that is there.</summary>
/// <param name="Label">The name or number of its class.</param>
/// <param name="Box">In pixels; of 1 in width and height where <paramref name="Relative"/>.</param>
/// <param name="Relative">Whether the box is in shares of the picture.</param>
internal readonly record struct LabelledBox(string Label, Box Box, bool Relative);

/// <summary>The objects in each picture, read when they are asked for.</summary>
/// <param name="Of">By position.</param>
/// <param name="Source">Where they stand, for messages.</param>
internal sealed record BoxTruth(Func<int, IReadOnlyList<LabelledBox>> Of, string Source) : Truth;

/// <summary>A picture for each picture, whose grey values are classes; null where there is none, which means class 0 everywhere.</summary>
/// <param name="Files">By position.</param>
/// <param name="Source">Where they stand, for messages.</param>
internal sealed record MaskTruth(IReadOnlyList<string?> Files, string Source) : Truth;
