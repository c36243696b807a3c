namespace Edge.Evaluation;

/// <summary>A property that divides samples into groups which are judged apart, too: a product variant, a lamp, a day.</summary>
/// <param name="Name"><c>folder</c>, or the column's name.</param>
/// <param name="Values">One a sample.</param>
public sealed record SliceColumn(string Name, IReadOnlyList<string> Values);
