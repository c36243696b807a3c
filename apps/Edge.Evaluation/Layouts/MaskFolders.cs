using Edge.Evaluation.Truths;

namespace Edge.Evaluation.Layouts;

/// <summary>
/// Masks: in a folder <c>masks</c> (or <c>mask</c>, <c>ground_truth</c>) in place of <c>images</c>, or beside the pictures in the
/// same folders, as PNG or BMP of the picture's name, with or without <c>_mask</c> behind it.
/// </summary>
internal static class MaskFolders
{
    private static readonly string[] s_names = ["masks", "mask", "ground_truth"];

    /// <returns>The pictures that are no masks, and the mask of each; null where there are none.</returns>
    public static (IReadOnlyList<string> Pictures, MaskTruth Truth)? Of(FolderFiles files)
    {
        bool IsMask(string f) => files.FoldersOf(f).Any(s_names.Contains);
        string[] masks = [.. files.Pictures.Where(IsMask)];
        if (masks.Length > 0) return Matched(files, [.. files.Pictures.Where(f => !IsMask(f))], masks, f => string.Join('/', files.FoldersOf(f).Where(d => d != "images" && !s_names.Contains(d))));
        // JPEG pictures with masks of the same name beside them.
        string[] pictures = [.. files.Pictures.Where(f => !IsLossless(f))], others = [.. files.Pictures.Where(IsLossless)];
        if (pictures.Length == 0 || others.Length == 0) return null;
        HashSet<string> stems = [.. pictures.Select(p => Path.Combine(Path.GetDirectoryName(p)!, Path.GetFileNameWithoutExtension(p)))];
        return others.All(o => stems.Contains(Path.Combine(Path.GetDirectoryName(o)!, Stem(o)))) ? Matched(files, pictures, others, f => string.Join('/', files.FoldersOf(f))) : null;
    }

    private static (IReadOnlyList<string> Pictures, MaskTruth Truth)? Matched(FolderFiles files, string[] pictures, string[] masks, Func<string, string> folder)
    {
        var byName = new Dictionary<string, string>();
        foreach (string mask in masks) byName[$"{folder(mask)}/{Stem(mask)}"] = mask;
        string?[] found = [.. pictures.Select(p => byName.GetValueOrDefault($"{folder(p)}/{Path.GetFileNameWithoutExtension(p)}"))];
        if (found.All(f => f is null)) throw new DataException($"{files.Root}: no mask has the name of a picture; pictures: {Path.GetFileName(pictures.FirstOrDefault()) ?? "none"}, masks: {Path.GetFileName(masks[0])}");
        return (pictures, new MaskTruth(found, $"the masks of {files.Root}"));
    }

    private static bool IsLossless(string path) => Path.GetExtension(path).ToLowerInvariant() is ".png" or ".bmp";

    private static string Stem(string mask)
    {
        string stem = Path.GetFileNameWithoutExtension(mask);
        return stem.EndsWith("_mask", StringComparison.Ordinal) ? stem[..^"_mask".Length] : stem;
    }
}
