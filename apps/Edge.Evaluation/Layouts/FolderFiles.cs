using Edge.Evaluation.Tables;

namespace Edge.Evaluation.Layouts;

/// <summary>What lies in a folder and the folders within it, each kind in ordinal order of the paths.</summary>
/// <param name="Root">The folder.</param>
/// <param name="Pictures">By extension, as <see cref="Imaging.Sources.PictureFiles"/> knows them.</param>
/// <param name="Waves">Recordings.</param>
/// <param name="Arrays">NumPy files of the folder itself.</param>
/// <param name="Tables">Tables of the folder itself.</param>
internal sealed record FolderFiles(string Root, IReadOnlyList<string> Pictures, IReadOnlyList<string> Waves, IReadOnlyList<string> Arrays, IReadOnlyList<string> Tables)
{
    private static readonly string[] s_pictures = [".jpg", ".jpeg", ".png", ".bmp"];

    /// <exception cref="DataException">The folder cannot be listed.</exception>
    public static FolderFiles Of(string root)
    {
        try
        {
            string[] all = [.. Directory.EnumerateFiles(root, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.Hidden }).Order(StringComparer.Ordinal)];
            string[] With(params string[] extensions) => [.. all.Where(f => extensions.Contains(Path.GetExtension(f).ToLowerInvariant()))];
            bool Here(string f) => Path.GetDirectoryName(f) == root.TrimEnd(Path.DirectorySeparatorChar);
            return new FolderFiles(root, With(s_pictures), With(".wav"), [.. With(".npy", ".npz").Where(Here)], [.. all.Where(f => TextTable.IsTable(f) && Here(f))]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{root}: cannot be listed: {e.Message}", e);
        }
    }

    /// <summary>The folders between the root and a file, outermost first.</summary>
    public string[] FoldersOf(string file) => Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar)[..^1];
}
