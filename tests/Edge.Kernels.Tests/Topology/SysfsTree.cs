namespace Edge.Kernels.Tests.Topology;

/// <summary>A made-up file system with the files of sysfs that describe processors.</summary>
internal sealed class SysfsTree : IDisposable
{
    public SysfsTree(int cores)
    {
        Write("sys/devices/system/cpu/online", cores == 1 ? "0" : $"0-{cores - 1}");
        for (int i = 0; i < cores; i++) Core(i, "topology/thread_siblings_list", $"{i}").Core(i, "topology/package_cpus_list", cores == 1 ? "0" : $"0-{cores - 1}");
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("sysfs-").FullName;

    public SysfsTree Core(int id, string file, string text) => Write($"sys/devices/system/cpu/cpu{id}/{file}", text);

    public SysfsTree Cores(int first, int last, string file, Func<int, string> text)
    {
        for (int i = first; i <= last; i++) Core(i, file, text(i));
        return this;
    }

    public SysfsTree Cores(int first, int last, string file, string text) => Cores(first, last, file, _ => text);

    /// <summary>A cache in place <paramref name="index"/>; <paramref name="shared"/> says of a core who has it.</summary>
    public SysfsTree Cache(int first, int last, int index, int level, string type, string size, Func<int, string> shared) => this
        .Cores(first, last, $"cache/index{index}/level", $"{level}")
        .Cores(first, last, $"cache/index{index}/type", type)
        .Cores(first, last, $"cache/index{index}/size", size)
        .Cores(first, last, $"cache/index{index}/shared_cpu_list", shared);

    /// <summary>Separate first-level caches of each core, as index0 and index1.</summary>
    public SysfsTree FirstLevel(int first, int last, string size) => this
        .Cache(first, last, 0, 1, "Data", size, i => $"{i}")
        .Cache(first, last, 1, 1, "Instruction", size, i => $"{i}");

    public SysfsTree Write(string path, string text)
    {
        string file = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text + "\n");
        return this;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
