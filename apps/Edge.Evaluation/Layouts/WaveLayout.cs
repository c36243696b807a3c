using Edge.Evaluation.Samples;
using Edge.Evaluation.Truths;

namespace Edge.Evaluation.Layouts;

/// <summary>Recordings: one folder a class, or none.</summary>
internal static class WaveLayout
{
    public static DataLayout Of(FolderFiles files, DataOptions options) => new($"{files.Root} ({files.Waves.Count} recordings)", null, inputs =>
    {
        var set = new WaveSet(files.Waves, options, inputs);
        int[] file = [.. Enumerable.Range(0, set.Count).Select(set.FileOf)];
        var classes = ClassFolders.Of(files, files.Waves, options.Labels);
        IReadOnlyList<SliceColumn> slices = classes is null ? ClassFolders.Slices(files, files.Waves) : classes.Value.Folder is { } f ? [f] : [];
        return new FittedData(
            set,
            () => classes is { } c ? new TextTruth([.. file.Select(i => c.Labels[i])], $"the folders of {files.Root}") : null,
            [.. slices.Select(s => new SliceColumn(s.Name, [.. file.Select(i => s.Values[i])]))]);
    });
}
