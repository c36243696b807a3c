using System.Buffers;

namespace Edge.Runtime.Caching;

/// <summary>
/// The files of packed weights in a folder: how they are named, and how many there may be. Their time of access is when a
/// session last used them; it is set, since file systems need not note it.
/// </summary>
internal static class WeightFolder
{
    private const string Extension = ".weights";

    /// <summary>Digits of an identity in a file's name.</summary>
    private const int HashLength = 2 * WeightIdentity.Length;

    private static readonly SearchValues<char> s_hash = SearchValues.Create("0123456789abcdef");

    /// <summary>After this time nobody is writing any more what a process left behind that ended while it wrote.</summary>
    private static readonly TimeSpan s_writing = TimeSpan.FromHours(1);

    /// <param name="identity">Of the weights.</param>
    /// <param name="kernels">Name of the kernel set.</param>
    public static string NameOf(ReadOnlySpan<byte> identity, string kernels) => $"{Convert.ToHexStringLower(identity)}-{kernels}{Extension}";

    /// <summary>Notes that a file is in use.</summary>
    public static void Use(string path)
    {
        try
        {
            File.SetLastAccessTimeUtc(path, DateTime.UtcNow);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Of somebody else, or in a folder that is only read: then nobody trims it, either.
        }
    }

    /// <summary>
    /// Deletes what was used least recently from the folder of <paramref name="written"/>, which stays, until all files of weights
    /// together have at most <paramref name="mostBytes"/>, and what writers left unfinished.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static void Trim(string written, long mostBytes)
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(Path.GetFullPath(written))!);
        string name = Path.GetFileName(written);
        long bytes = new FileInfo(written).Length;
        foreach (var file in folder.GetFiles().Where(f => f.Name != name).OrderByDescending(f => f.LastAccessTimeUtc))
        {
            if (!IsOurs(file.Name, out bool finished)) continue;
            if (finished) bytes += file.Exists ? file.Length : 0;
            if (finished ? bytes > mostBytes : DateTime.UtcNow - file.LastWriteTimeUtc > s_writing) Delete(file);
        }
    }

    /// <summary>Whether a file is named as <see cref="NameOf"/> says, or as one that is being written beside it.</summary>
    private static bool IsOurs(string name, out bool finished)
    {
        int end = name.IndexOf(Extension, StringComparison.Ordinal);
        finished = end >= 0 && end + Extension.Length == name.Length;
        return end > HashLength && name[HashLength] == '-' && !name.AsSpan(0, HashLength).ContainsAnyExcept(s_hash)
            && (finished || name.EndsWith(".tmp", StringComparison.Ordinal));
    }

    private static void Delete(FileInfo file)
    {
        try
        {
            file.Delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody else's, or in use where that keeps a file: the next to write tries again.
        }
    }
}
