using Edge.Evaluation.Samples;
using Edge.Evaluation.Truths;
using Edge.Quantization.Calibration;

namespace Edge.Evaluation.Layouts;

/// <summary>NumPy arrays, with labels as an array of the same archive, or as a file beside the array's.</summary>
internal static class ArrayLayout
{
    private static readonly string[] s_names = ["y", "labels", "label", "targets", "target"];

    public static DataLayout Of(string path)
    {
        bool archive = Path.GetExtension(path).Equals(".npz", StringComparison.OrdinalIgnoreCase);
        string? labels = archive ? LabelMember(path) : Path.GetExtension(path).Equals(".npy", StringComparison.OrdinalIgnoreCase) ? LabelFile(path) : null;
        var source = ArrayCalibrationSource.Open(path, archive && labels is not null ? [labels] : []);
        return new DataLayout(source.Description, null, inputs =>
        {
            var set = new ArraySet(source, inputs);
            return new FittedData(set, () => labels is null ? null : Truth(archive ? NumberArray.Read(path, labels) : NumberArray.Read(labels, null), set.Count, archive ? $"{path}/{labels}" : labels), []);
        });
    }

    private static string? LabelMember(string path)
    {
        IReadOnlyList<string> names = NumberArray.Names(path);
        return names.Count > 1 ? s_names.FirstOrDefault(names.Contains) : null;
    }

    /// <summary>For <c>x.npy</c>: <c>x_labels.npy</c> and the like, or <c>y.npy</c> and the like.</summary>
    private static string? LabelFile(string path)
    {
        string folder = Path.GetDirectoryName(path)!, stem = Path.GetFileNameWithoutExtension(path);
        return s_names.SelectMany(n => (string[])[$"{stem}_{n}.npy", $"{n}.npy"]).Select(f => Path.Combine(folder, f)).FirstOrDefault(f => f != path && File.Exists(f));
    }

    private static TextTruth Truth(double[] values, int samples, string source)
    {
        // One-hot rows are a label each.
        if (values.Length > samples && samples > 0 && values.Length % samples == 0 && values.All(v => v is 0 or 1))
        {
            int classes = values.Length / samples;
            values = [.. Enumerable.Range(0, samples).Select(i => (double)Array.IndexOf(values, 1, i * classes, classes) - (i * classes))];
        }
        if (values.Length != samples) throw new DataException($"{source}: {values.Length} labels for {samples} samples");
        return new TextTruth([.. values.Select(v => v.ToString("R", System.Globalization.CultureInfo.InvariantCulture))], source);
    }
}
