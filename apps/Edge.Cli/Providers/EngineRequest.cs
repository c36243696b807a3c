using Edge.Cli.Commands;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Cli.Providers;

/// <summary>A model that is to be opened, and what deciding about its provider takes.</summary>
/// <param name="Path">The model file.</param>
/// <param name="Options">Threads, and how our own runtime runs it.</param>
/// <param name="Samples">Inputs to compare and measure providers on, for the inputs that a session declares.</param>
/// <param name="Conditions">What the samples are like, in words: a choice holds for them only.</param>
internal sealed record EngineRequest(string Path, SessionOptions Options, Func<IReadOnlyList<TensorInfo>, IReadOnlyList<Tensor[]>> Samples, string Conditions)
{
    /// <summary>For a message that the model cannot run on the samples: what might help, for the inputs that a session declares; null for nothing.</summary>
    public Func<IReadOnlyList<TensorInfo>, string?> Hint { get; init; } = _ => null;

    /// <summary>Random inputs, with sizes for free dimensions.</summary>
    public static EngineRequest OfRandomInputs(string path, SessionOptions options, IReadOnlyDictionary<string, int> sizes) =>
        new(path, options, inputs => [RandomTensors.For(inputs, sizes)], $"random input {string.Join(", ", sizes.Select(d => $"{d.Key}={d.Value}"))}")
        {
            Hint = inputs => ModelArguments.MissingDimensions(inputs, sizes),
        };
}
