using Edge.Devices;

namespace Edge.Imaging.Sources;

/// <summary>Finds picture files by their extensions.</summary>
public static class PictureFiles
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".bmp"];

    /// <summary>
    /// The pictures that the paths name: files as they are given, folders as all pictures in them, ordered by name (ordinal),
    /// so that every run on every machine sees them in the same order. Files in folders that have another extension are not
    /// pictures and are passed over; a file that is named itself is taken whatever its extension.
    /// </summary>
    /// <param name="paths">Files and folders.</param>
    /// <param name="recursive">Look into folders within folders as well.</param>
    /// <exception cref="DeviceException">A path does not exist or cannot be read, or a folder holds no picture.</exception>
    public static IReadOnlyList<string> Find(IEnumerable<string> paths, bool recursive = false)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var files = new List<string>();
        foreach (string path in paths)
        {
            if (File.Exists(path)) files.Add(path);
            else if (Directory.Exists(path)) files.AddRange(InFolder(path, recursive));
            else throw new DeviceException($"{path}: no such file or folder");
        }
        return files;
    }

    private static List<string> InFolder(string folder, bool recursive)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = recursive, IgnoreInaccessible = false };
        int others = 0;
        var files = new List<string>();
        try
        {
            foreach (string file in Directory.EnumerateFiles(folder, "*", options))
            {
                if (Extensions.Contains(Path.GetExtension(file).ToLowerInvariant())) files.Add(file);
                else others++;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DeviceException($"{folder}: cannot be listed: {e.Message}", e);
        }
        if (files.Count == 0)
        {
            throw new DeviceException(others == 0
                ? $"{folder}: the folder is empty; pictures end in {string.Join(' ', Extensions)}"
                : $"{folder}: no picture among its {others} files; pictures end in {string.Join(' ', Extensions)}");
        }
        files.Sort(StringComparer.Ordinal);
        return files;
    }
}
