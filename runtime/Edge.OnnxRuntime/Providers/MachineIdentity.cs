using Edge.Runtime;

namespace Edge.OnnxRuntime.Providers;

/// <summary>What compiled engines and measurements depend on, in words: another machine, driver or library gives other words.</summary>
public static class MachineIdentity
{
    /// <summary>Processor, board, GPUs and their driver.</summary>
    public static string Describe()
    {
        var words = new List<string> { Cpu.Name(), $"{Environment.ProcessorCount} cores" };
        words.AddRange(FirstLines("/proc/device-tree/model", "/proc/driver/nvidia/version").Select(l => l.Trim('\0')));
        words.AddRange(FirstLines([.. MachineFiles.Local.Match("/proc/driver/nvidia/gpus/*/information")]));
        return string.Join("; ", words);
    }

    /// <summary>The same, and the files of the providers' libraries.</summary>
    public static string Describe(OrtBuild build, IEnumerable<ProviderSpec> providers)
    {
        string? folder = Path.GetDirectoryName(build.Library);
        var libraries = providers.Select(p => p.Library ?? (KnownProviders.Of(p.Name).ProviderLibrary is { } l && folder is not null ? Path.Combine(folder, l) : null)).OfType<string>();
        return string.Join("; ", libraries.Where(File.Exists).Select(l => new FileInfo(l)).Select(f => $"{f.Name} {f.Length} {f.LastWriteTimeUtc:s}").Prepend(Describe()));
    }

    private static IEnumerable<string> FirstLines(params string[] files) => files.Where(File.Exists).Select(f => File.ReadLines(f).FirstOrDefault()).OfType<string>();
}
