namespace Edge.OnnxRuntime.Providers;

/// <summary>A shared library that a provider loads.</summary>
/// <param name="What">What it is part of, and its version means: <c>CUDA</c>.</param>
/// <param name="File">Its name up to <c>.so</c>, which a version may follow.</param>
internal sealed record LibraryNeed(string What, string File);

/// <summary>Something under /dev that a provider opens: one of the patterns is enough.</summary>
internal sealed record DeviceNeed(string What, params string[] Patterns);

/// <summary>One of ONNX Runtime's execution providers, and what it takes to use it on Linux.</summary>
internal sealed class KnownProvider
{
    /// <summary>How configurations write it.</summary>
    public required string Name { get; init; }

    /// <summary>How ONNX Runtime names it.</summary>
    public required string ExecutionProvider { get; init; }

    /// <summary>What it runs on.</summary>
    public required string About { get; init; }

    /// <summary>Where it comes from.</summary>
    public required string Source { get; init; }

    /// <summary>The library beside ONNX Runtime's own that holds it; null for one that is compiled in, or may be.</summary>
    public string? ProviderLibrary { get; init; }

    public IReadOnlyList<LibraryNeed> Libraries { get; init; } = [];

    /// <summary>Devices that the options ask for.</summary>
    public Func<IReadOnlyDictionary<string, string>, IEnumerable<DeviceNeed>> Devices { get; init; } = _ => [];

    /// <summary>An option that names a file which must be there.</summary>
    public string? FileOption { get; init; }

    /// <summary>Whether it compiles the model to an ONNX file with its machine code in it, which can be kept.</summary>
    public bool KeepsContext { get; init; }
}
