using Edge.Pipeline.Events;

namespace Edge.Pipeline.Decisions;

/// <summary>What was decided about one part.</summary>
/// <param name="Verdict">ok, ng or unsure; error only where no findings exist.</param>
/// <param name="Score">What the verdict rests on: of the deciding class or object, else the highest that counted; null where nothing was scored.</param>
/// <param name="Threshold">What it was compared with: the threshold of its class.</param>
/// <param name="Label">Of the deciding class or object; null where there was none.</param>
public readonly record struct Decision(Verdict Verdict, float? Score, float? Threshold, string? Label);
