using Edge.Imaging;

namespace Edge.Pipeline.Postprocessing;

/// <summary>One object that a detector found.</summary>
/// <param name="ClassId">Index into the labels.</param>
/// <param name="Score">0…1.</param>
/// <param name="Box">In pixels: of the model's input where heads decode, of the source picture in findings.</param>
public readonly record struct Detection(int ClassId, float Score, Box Box);

/// <summary>The score of one class.</summary>
public readonly record struct ClassScore(int ClassId, float Score);
