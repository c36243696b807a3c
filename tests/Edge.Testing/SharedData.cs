using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace Edge.Testing;

/// <summary>
/// The real models and data that lie beside the repository in <c>shared/data</c>, never inside it. Paths are relative
/// to that folder and use '/': <c>models/cifar_resnet/resnet20-12fca82f.onnx</c>. A test that needs a file calls
/// <see cref="Require"/> and is skipped, visibly, where the data is absent. Safe to use from tests that run in parallel
/// and from several processes.
/// </summary>
public static class SharedData
{
    private static readonly Lazy<string?> LazyRoot = new(Find);

    /// <summary>The full path of <c>shared/data</c>, or null where there is none.</summary>
    public static string? Root => LazyRoot.Value;

    /// <summary>
    /// The full path of a file or folder under <c>shared/data</c>. Where only <c>NAME.gz</c> exists, the file is
    /// decompressed once to a cache in the temporary folder and the path there is returned. The calling test is skipped
    /// when neither exists.
    /// </summary>
    public static string Require(string relativePath)
    {
        ArgumentException.ThrowIfNullOrEmpty(relativePath);
        if (Root is not { } root)
        {
            Assert.Skip("shared/data is not here: set EDGE_SHARED to the shared folder, or place it beside the repository");
            throw new InvalidOperationException();
        }
        string path = Path.Combine(root, relativePath);
        if (File.Exists(path) || Directory.Exists(path)) return path;
        if (File.Exists(path + ".gz")) return Decompressed(path + ".gz");
        Assert.Skip($"shared/data has no {relativePath}");
        throw new InvalidOperationException();
    }

    /// <summary>
    /// The folder that holds the unpacked contents of a <c>.tar.gz</c> archive under <c>shared/data</c>; unpacked once
    /// to a cache in the temporary folder. The calling test is skipped when the archive is absent.
    /// </summary>
    public static string RequireUnpacked(string relativeArchivePath)
    {
        string archive = Require(relativeArchivePath);
        string folder = CachePath(archive, "unpacked");
        if (Directory.Exists(folder)) return folder;
        string partial = folder + "." + Guid.NewGuid().ToString("N");
        Directory.CreateDirectory(partial);
        using (FileStream file = File.OpenRead(archive))
        using (GZipStream plain = new(file, CompressionMode.Decompress))
            TarFile.ExtractToDirectory(plain, partial, overwriteFiles: false);
        try
        {
            Directory.Move(partial, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(partial, recursive: true);
        }
        return folder;
    }

    /// <summary>
    /// Every file below a folder of <c>shared/data</c> whose name ends with <paramref name="extension"/> or that plus
    /// <c>.gz</c>, as relative paths without <c>.gz</c> in ordinal order: what <see cref="Require"/> takes. Empty where
    /// the data is absent.
    /// </summary>
    public static IReadOnlyList<string> List(string relativeFolder, string extension)
    {
        if (Root is not { } root) return [];
        string folder = Path.Combine(root, relativeFolder);
        if (!Directory.Exists(folder)) return [];
        return
        [
            .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(path => path.EndsWith(".gz", StringComparison.Ordinal) ? path[..^3] : path)
                .Where(path => path.EndsWith(extension, StringComparison.Ordinal))
                .Select(path => Path.GetRelativePath(root, path).Replace('\\', '/'))
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("EDGE_SHARED") is { Length: > 0 } named)
        {
            string data = Path.Combine(named, "data");
            return Directory.Exists(data) ? data : throw new DirectoryNotFoundException($"EDGE_SHARED is '{named}', but there is no folder '{data}'");
        }
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string data = Path.Combine(at.FullName, "shared", "data");
            if (Directory.Exists(data)) return data;
        }
        return null;
    }

    private static string Decompressed(string gzip)
    {
        string target = CachePath(gzip, Path.GetFileNameWithoutExtension(gzip));
        if (File.Exists(target)) return target;
        string partial = target + "." + Guid.NewGuid().ToString("N");
        using (FileStream file = File.OpenRead(gzip))
        using (GZipStream plain = new(file, CompressionMode.Decompress))
        using (FileStream copy = File.Create(partial))
            plain.CopyTo(copy);
        File.Move(partial, target, overwrite: true);
        return target;
    }

    /// <summary>A place in the cache that changes when the source file does.</summary>
    private static string CachePath(string source, string name)
    {
        FileInfo info = new(source);
        byte[] key = SHA256.HashData(Encoding.UTF8.GetBytes($"{info.FullName}|{info.Length}|{info.LastWriteTimeUtc.Ticks}"));
        string folder = Path.Combine(Path.GetTempPath(), "edge-shared-data", Convert.ToHexStringLower(key.AsSpan(0, 8)));
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, name);
    }
}
