namespace Edge.Quantization.Search.Noise;

/// <summary>
/// What each thing that is rounded adds to the relative error of a model's outputs (<see cref="OutputError"/>), measured with all
/// else exact. The errors of a whole model add up about.
/// </summary>
/// <param name="Activations">By activation; one that a node only moved from another is counted there.</param>
/// <param name="Weights">By layer, the name of its first node; those without constant weights have no entry.</param>
internal sealed record NoiseProfile(IReadOnlyDictionary<string, double> Activations, IReadOnlyDictionary<string, double> Weights);
