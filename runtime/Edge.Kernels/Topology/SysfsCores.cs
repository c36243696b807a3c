using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Edge.Kernels.Topology;

/// <summary>
/// Reads <c>sys/devices/system/cpu</c> (Linux, Documentation/ABI/testing/sysfs-devices-system-cpu). Whatever is missing or
/// cannot be read is left at what says nothing: equal capacities, no caches.
/// </summary>
internal static class SysfsCores
{
    private const int FullCapacity = 1024;

    /// <summary>What is read of a file: sysfs has a page in one at most, and the numbers and lists that are read here are short.</summary>
    private const int MostBytes = 4096;

    /// <summary>
    /// Cores below these shares of the fastest are the slow ones. By capacity: little cores of Arm systems have 0.2 to 0.55 of
    /// the big ones, middle cores 0.7 and more. By frequency, which tells less: 0.6 to 0.85, while cores that are the same but for
    /// their luck in production differ by less than a tenth.
    /// </summary>
    private const double LeastCapacity = 0.6, LeastFrequency = 0.88;

    /// <summary>The cores that are online, ascending; none if the tree is not there.</summary>
    /// <param name="root">The root of the file system.</param>
    public static List<CpuCore> Read(string root)
    {
        string folder = Path.Combine(root, "sys/devices/system/cpu");
        List<CpuCore> cores = [];
        if (!CoreList.TryParse(Text(folder, "online"), out int[]? online) || online.Length == 0) return cores;
        long[] capacities = [.. online.Select(id => Number(folder, $"cpu{id}/cpu_capacity"))];
        long[] frequencies = [.. online.Select(id => Number(folder, $"cpu{id}/cpufreq/cpuinfo_max_freq"))];
        bool byCapacity = Array.TrueForAll(capacities, c => c > 0);
        bool byFrequency = Array.TrueForAll(frequencies, f => f > 0);
        long[] speeds = byCapacity && (!byFrequency || capacities.Min() < capacities.Max()) ? capacities
            : byFrequency ? frequencies
            : [.. online.Select(_ => (long)FullCapacity)];
        double least = speeds == frequencies ? LeastFrequency : LeastCapacity;

        // Intel says outright which cores of a hybrid are which.
        int[] named = CoreList.TryParse(Text(root, "sys/devices/cpu_core/cpus"), out int[]? list) ? list : [];
        Dictionary<string, int> clusters = [];
        for (int i = 0; i < online.Length; i++)
        {
            string core = Path.Combine(folder, $"cpu{online[i]}");
            CpuCache[] caches = Caches(core, folder);
            if (!clusters.TryGetValue(Cluster(core), out int cluster)) clusters.Add(Cluster(core), cluster = clusters.Count);
            bool fast = named.Length > 0 ? named.Contains(online[i]) : speeds[i] >= least * speeds.Max();
            bool primary = !CoreList.TryParse(Text(core, "topology/thread_siblings_list"), out int[]? threads) || !threads.Any(t => t < online[i] && online.Contains(t));
            cores.Add(new CpuCore(online[i], cluster, (int)(speeds[i] * FullCapacity / speeds.Max()), fast, primary, caches[0], caches[1], caches[2]));
        }
        return cores;
    }

    /// <summary>What cores of one cluster have in common: the cluster where the kernel knows it, else the L2 if several share it, else the package.</summary>
    private static string Cluster(string core)
    {
        if (Number(core, "topology/cluster_id") is >= 0 and < ushort.MaxValue && Text(core, "topology/cluster_cpus_list") is { Length: > 0 } list) return list;
        if (CacheFolder(core, 2) is { } l2 && Text(l2, "shared_cpu_list") is { Length: > 0 } shared && CoreList.TryParse(shared, out int[]? cores) && cores.Length > 1) return shared;
        return Text(core, "topology/package_cpus_list") is { Length: > 0 } package ? package : Text(core, "topology/core_siblings_list");
    }

    /// <summary>The data caches of levels 1 to 3.</summary>
    private static CpuCache[] Caches(string core, string folder)
    {
        var caches = new CpuCache[3];
        for (int level = 1; level <= 3; level++)
        {
            if (CacheFolder(core, level) is not { } cache) continue;
            int sharers = CoreList.TryParse(Text(cache, "shared_cpu_list"), out int[]? shared) ? shared.Count(id => IsFirstThread(folder, id, shared)) : 1;
            caches[level - 1] = new CpuCache(Size(Text(cache, "size")), Math.Max(sharers, 1));
        }
        return caches;
    }

    private static bool IsFirstThread(string folder, int id, int[] among) =>
        !CoreList.TryParse(Text(folder, $"cpu{id}/topology/thread_siblings_list"), out int[]? threads) || !threads.Any(t => t < id && among.Contains(t));

    private static string? CacheFolder(string core, int level)
    {
        // A core has at most a few caches, numbered without gaps.
        for (int i = 0; i < 8; i++)
        {
            string cache = Path.Combine(core, $"cache/index{i}");
            long found = Number(cache, "level");
            if (found < 0) return null;
            if (found == level && Text(cache, "type") is "Data" or "Unified") return cache;
        }
        return null;
    }

    /// <summary>Bytes of a size such as <c>512K</c>; 0 for anything else.</summary>
    private static long Size(string text)
    {
        int shift = text.Length == 0 ? 0 : text[^1] switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 };
        ReadOnlySpan<char> digits = shift == 0 ? text : text.AsSpan(0, text.Length - 1);
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int size) ? (long)size << shift : 0;
    }

    private static long Number(string folder, string file) =>
        long.TryParse(Text(folder, file), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : -1;

    private static string Text(string folder, string file)
    {
        try
        {
            string path = Path.Combine(folder, file);
            if (!File.Exists(path)) return "";
            // There are many of them, and a reader of text has buffers of several kilobytes.
            using SafeFileHandle handle = File.OpenHandle(path);
            Span<byte> text = stackalloc byte[MostBytes];
            return Encoding.UTF8.GetString(text[..RandomAccess.Read(handle, text, 0)]).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Files of sysfs may exist and yet have no answer (ENODEV, EACCES).
            return "";
        }
    }
}
