using Edge.SharedModels.Samples;

namespace Edge.SharedModels;

/// <summary>The models of the shared data folder, which is not part of the repository.</summary>
internal static class ModelFiles
{
    /// <summary>The folder <c>shared/data</c>: below EDGE_SHARED, or below the nearest folder "shared" beside a folder above this one; null where there is none.</summary>
    public static string? FindData()
    {
        if (Environment.GetEnvironmentVariable("EDGE_SHARED") is { Length: > 0 } set) return Directory.Exists(Path.Combine(set, "data")) ? Path.Combine(set, "data") : null;
        for (var dir = new DirectoryInfo(Environment.CurrentDirectory); dir is not null; dir = dir.Parent)
        {
            string candidate = Path.Combine(dir.FullName, "shared", "data");
            if (Directory.Exists(candidate)) return candidate;
        }

        return null;
    }

    /// <summary>The bytes of a model; those that lie there compressed are decompressed.</summary>
    public static byte[] Read(string data, string path)
    {
        string full = Path.Combine(data, path);
        return full.EndsWith(".gz", StringComparison.Ordinal) ? SharedSets.Unzip(full) : File.ReadAllBytes(full);
    }
}
