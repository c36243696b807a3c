using Edge.Evaluation.Layouts;
using Edge.Evaluation.Samples;
using Edge.Quantization.Calibration;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Evaluation;

/// <summary>Inputs without labels, for calibrating and comparing.</summary>
public static class InputData
{
    /// <summary>
    /// Opens inputs. They are fitted to the model when they are read, and come mixed where they can be read in any order: the first ones
    /// are spread over all classes. Labels that lie beside them are passed over.
    /// </summary>
    /// <param name="path">As for <see cref="LabelledData.Open"/>; also a folder of folders of pictures, such as a camera's record.</param>
    /// <param name="options">How it is read; give <see cref="DataOptions.Model"/> for the <c>pipeline.json</c> beside it.</param>
    /// <exception cref="DataException">The data is not there, or is of no known arrangement.</exception>
    public static ICalibrationSource Open(string path, DataOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        DataLayout layout = DataLayouts.Of(path, options.Completed());
        int? count = layout.Count is { } n ? Math.Min(n, options.MaxSamples ?? n) : null;
        return new DelegateCalibrationSource(layout.Description, count, inputs => Read(layout, options.MaxSamples, inputs));
    }

    /// <summary>Picture files.</summary>
    /// <param name="description">What reports call them.</param>
    /// <param name="files">JPEG, PNG or BMP.</param>
    /// <param name="preprocess">How they become input.</param>
    public static ICalibrationSource OfPictures(string description, IReadOnlyList<string> files, Imaging.Preprocessing.PreprocessOptions preprocess) =>
        new DelegateCalibrationSource(description, files.Count, inputs => All(new PictureSet(files, preprocess, inputs)));

    private static IEnumerable<IReadOnlyList<Tensor>> Read(DataLayout layout, int? most, IReadOnlyList<TensorInfo> inputs) => All(SelectedSamples.Mixed(layout.Fit(inputs).Samples, most));

    private static IEnumerable<IReadOnlyList<Tensor>> All(ISampleSet samples)
    {
        for (int i = 0; i < samples.Count; i++) yield return samples.Read(i);
    }
}
