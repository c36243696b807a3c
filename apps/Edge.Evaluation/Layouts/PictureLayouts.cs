using Edge.Evaluation.Samples;
using Edge.Evaluation.Truths;
using Edge.Imaging.Preprocessing;

namespace Edge.Evaluation.Layouts;

/// <summary>Pictures, with what lies beside them: masks, boxes, or nothing but folders.</summary>
internal static class PictureLayouts
{
    public static DataLayout Of(FolderFiles files, DataOptions options)
    {
        if (MaskFolders.Of(files) is { } masks) return Fitted(files, masks.Pictures, options, () => masks.Truth);
        if (BoxFiles.Of(files) is { } boxes) return Fitted(files, files.Pictures, options, () => boxes);
        if (ClassFolders.Of(files, files.Pictures, options.Labels) is not { } classes) return Fitted(files, files.Pictures, options, () => null);
        return Fitted(files, files.Pictures, options, () => new TextTruth(classes.Labels, $"the folders of {files.Root}"), classes.Folder is null ? [] : [classes.Folder]);
    }

    private static DataLayout Fitted(FolderFiles files, IReadOnlyList<string> pictures, DataOptions options, Func<Truth?> truth, IReadOnlyList<SliceColumn>? slices = null) =>
        new($"{files.Root} ({pictures.Count} pictures)", pictures.Count, inputs =>
            new FittedData(new PictureSet(pictures, options.Preprocess ?? new PreprocessOptions(), inputs), truth, slices ?? ClassFolders.Slices(files, pictures)));
}
