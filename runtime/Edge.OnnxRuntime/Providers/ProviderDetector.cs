using Edge.OnnxRuntime.Native;

namespace Edge.OnnxRuntime.Providers;

/// <summary>
/// Finds out before anything is loaded whether a provider can be used here: whether ONNX Runtime was built with it, whether
/// its library and those that it needs are there, and whether there is a device for it.
/// </summary>
public sealed class ProviderDetector(OrtBuild build, MachineFiles machine)
{
    /// <summary>The environment variable that names the folder of another native library.</summary>
    public const string LibraryVariable = OrtLibrary.FolderVariable;

    /// <summary>The ONNX Runtime that is loaded.</summary>
    /// <exception cref="ProviderException">Its native library cannot be loaded.</exception>
    public static OrtBuild Build => OrtLibrary.Build;

    /// <summary>For the ONNX Runtime that is loaded, on this machine.</summary>
    /// <exception cref="ProviderException">ONNX Runtime's native library cannot be loaded.</exception>
    public static ProviderDetector Local() => new(OrtLibrary.Build, MachineFiles.Local);

    /// <summary>Every provider that configurations can name, except plug-ins, which are found by their file.</summary>
    public IReadOnlyList<ProviderStatus> All() => [.. KnownProviders.All.Select(p => Check(p, new Dictionary<string, string>()))];

    /// <summary>One provider with the options that it was given.</summary>
    public ProviderStatus Check(ProviderSpec spec)
    {
        if (spec.Library is null) return Check(KnownProviders.Of(spec.Name), spec.Options);
        return File.Exists(spec.Library)
            ? new ProviderStatus(spec.Label, "plug-in", "", [], "")
            : new ProviderStatus(spec.Label, "plug-in", "", [$"there is no {spec.Library}"], "give the path of the plug-in's library");
    }

    /// <summary>One line: what was asked for, what is missing, what would help, and what can be used instead.</summary>
    /// <param name="status">Of a provider that cannot be used.</param>
    public string Explain(ProviderStatus status) =>
        $"provider {status.Name} cannot be used on this machine: {string.Join("; ", status.Missing)} ({status.Remedy}{(status.Built ? "" : $"; {LibraryVariable}=FOLDER loads another build")}); {UsableHere()}";

    /// <summary><c>usable here: edge, cpu</c>. Our own runtime always is.</summary>
    public string UsableHere() => $"usable here: {string.Join(", ", All().Where(p => p.Usable).Select(p => p.Name).Prepend("edge"))}";

    private ProviderStatus Check(KnownProvider provider, IReadOnlyDictionary<string, string> options)
    {
        if (!build.ExecutionProviders.Contains(provider.ExecutionProvider))
        {
            string has = string.Join(", ", build.ExecutionProviders.Select(KnownProviders.ShortName).Intersect(KnownProviders.Names));
            return new ProviderStatus(provider.Name, provider.About, "", [$"{build} is built without it and has {has} only"], provider.Source) { Built = false };
        }

        var missing = new List<string>();
        var versions = new List<string> { build.Version };
        string? folder = Path.GetDirectoryName(build.Library);
        // File names and devices are those of Linux; elsewhere ONNX Runtime itself finds out.
        if (OperatingSystem.IsLinux())
        {
            if (provider.ProviderLibrary is { } library && folder is not null && !File.Exists(Path.Combine(folder, library))) missing.Add($"there is no {library} in {folder}");
            foreach (var need in provider.Libraries)
            {
                if (machine.FindLibrary(need.File, folder) is not { } found) missing.Add($"{need.What} is not installed ({need.File}.so)");
                else if (MachineFiles.VersionOf(found) is { } version) versions.Add($"{need.What} {version}");
            }

            foreach (var need in provider.Devices(options))
                if (!need.Patterns.Any(p => machine.Match(p).Any())) missing.Add($"there is no {need.What} ({string.Join(", ", need.Patterns)})");
        }

        if (provider.FileOption is { } name && options.GetValueOrDefault(name) is { } file && Path.IsPathRooted(file) && !File.Exists(file)) missing.Add($"{name}: there is no {file}");
        return new ProviderStatus(provider.Name, provider.About, string.Join(", ", versions), missing, missing.Count == 0 ? "" : "install what is missing, or set LD_LIBRARY_PATH to where it lies");
    }
}
