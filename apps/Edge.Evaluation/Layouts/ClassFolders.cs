using Edge.Pipeline;

namespace Edge.Evaluation.Layouts;

/// <summary>Reads labels and slices from the folders that files lie in.</summary>
internal static class ClassFolders
{
    /// <summary>
    /// One folder a class: the label of each file is the outermost folder that is named as a class of the model, or the
    /// outermost at all where no labels are known; the folders that are left make the slice.
    /// </summary>
    /// <returns>Null where no file lies in a folder of its own kind.</returns>
    public static (string[] Labels, SliceColumn? Folder)? Of(FolderFiles files, IReadOnlyList<string> of, Labels? known)
    {
        string[][] folders = [.. of.Select(files.FoldersOf)];
        if (folders.Any(f => f.Length == 0)) return null;
        int[] level = [.. folders.Select(f => known is null ? 0 : Math.Max(0, Array.FindIndex(f, known.Names.Contains)))];
        string[] labels = [.. folders.Select((f, i) => f[level[i]])];
        string[] rest = [.. folders.Select((f, i) => string.Join('/', f.Where((_, l) => l != level[i])))];
        // One folder around everything divides nothing.
        if (labels.Distinct().Count() < 2) return null;
        return (labels, rest.Distinct().Count() > 1 ? new SliceColumn("folder", rest) : null);
    }

    /// <summary>The folders as slices, where they divide anything.</summary>
    public static IReadOnlyList<SliceColumn> Slices(FolderFiles files, IReadOnlyList<string> of)
    {
        string[] folders = [.. of.Select(f => string.Join('/', files.FoldersOf(f)))];
        return folders.Distinct().Count() > 1 ? [new SliceColumn("folder", folders)] : [];
    }
}
