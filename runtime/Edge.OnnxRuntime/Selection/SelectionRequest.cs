using Edge.Runtime;
using Edge.Tensors;

namespace Edge.OnnxRuntime.Selection;

/// <summary>A model, the candidates for running it, and what they are held against.</summary>
public sealed class SelectionRequest
{
    /// <summary>The model's file name, as messages show it.</summary>
    public required string Model { get; init; }

    /// <summary>SHA-256 of the model with its external data.</summary>
    public required string ModelSha256 { get; init; }

    public required ModelTraits Traits { get; init; }

    /// <summary>The machine and whatever else decides about speed: threads, kernel set, input shapes.</summary>
    public required string Conditions { get; init; }

    public required IReadOnlyList<Candidate> Candidates { get; init; }

    /// <summary>The first that can run the model says what is right.</summary>
    public required IReadOnlyList<Candidate> References { get; init; }

    /// <summary>Inputs to compare and measure on, for the inputs that a session declares.</summary>
    public required Func<IReadOnlyList<TensorInfo>, IReadOnlyList<Tensor[]>> Samples { get; init; }

    /// <summary>What float results may be off by, as a share of the output's range.</summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>After this time no more is measured, once each candidate has had three turns.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromSeconds(3);
}
