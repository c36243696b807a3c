using Edge.Cli.Output;
using Edge.Cli.Pictures;
using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Imaging.Sources;
using Edge.Quantization.Calibration;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Cli.Commands;

/// <summary>Samples for quantizing and comparing: a folder of pictures, or arrays.</summary>
internal static class PictureSamples
{
    /// <param name="path">A folder of pictures, a <c>.npy</c> or <c>.npz</c> file, or a folder of those.</param>
    /// <param name="preprocess">How pictures become input, in text form; null for what the model or the file beside it says.</param>
    /// <param name="model">Path of the model that they are for.</param>
    public static ICalibrationSource Open(string path, string? preprocess, string model)
    {
        if (File.Exists(path) && Path.GetExtension(path).ToLowerInvariant() is ".npy" or ".npz") return Arrays(path, preprocess);
        if (!Directory.Exists(path)) throw new CommandException($"{path}: no such folder");
        if (Directory.EnumerateFiles(path).Any(f => Path.GetExtension(f).ToLowerInvariant() is ".npy" or ".npz")) return Arrays(path, preprocess);
        var files = PictureFiles.Find([path]);
        var options = PreprocessArguments.Resolve(preprocess, PipelineFile.Beside(model));
        return OfFiles($"{path} ({files.Count} pictures)", files, options);
    }

    public static ICalibrationSource OfFiles(string description, IReadOnlyList<string> files, PreprocessOptions options) =>
        new DelegateCalibrationSource(description, files.Count, inputs => Read(files, options, inputs));

    /// <summary>The first few pictures that can be read, as input for comparing engines.</summary>
    public static IReadOnlyList<Tensor[]> First(IReadOnlyList<string> files, PreprocessOptions options, IReadOnlyList<TensorInfo> inputs)
    {
        const int Enough = 4;
        var samples = new List<Tensor[]>();
        ImageException? fault = null;
        foreach (string file in files)
        {
            try
            {
                samples.AddRange(Read([file], options, inputs).Select(s => s.Select(t => t.Clone()).ToArray()));
            }
            catch (ImageException e)
            {
                fault ??= e;
            }

            if (samples.Count == Enough) break;
        }

        return samples.Count > 0 ? samples : throw fault ?? new ImageException("there are no pictures");
    }

    private static ArrayCalibrationSource Arrays(string path, string? preprocess) =>
        preprocess is null ? ArrayCalibrationSource.Open(path) : throw new CommandException("--preprocess is for pictures; arrays are taken as they are");

    private static IEnumerable<IReadOnlyList<Tensor>> Read(IReadOnlyList<string> files, PreprocessOptions options, IReadOnlyList<TensorInfo> inputs)
    {
        if (inputs.Count != 1) throw new CommandException($"the model takes {inputs.Count} inputs ({string.Join("; ", inputs)}); pictures can feed only one: use a .npz file");
        var preprocessor = PreprocessArguments.For(inputs[0], options);
        var input = preprocessor.CreateInput();
        foreach (string file in files)
        {
            using (var bitmap = ImageCodec.Default.Load(file)) preprocessor.Run(bitmap.View, input);
            yield return [input];
        }
    }
}
