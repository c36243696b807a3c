using Edge.Cli.Output;
using Edge.Evaluation;
using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Quantization.Calibration;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Cli.Commands;

/// <summary>Samples for quantizing and comparing.</summary>
internal static class PictureSamples
{
    /// <param name="path">Anything that <see cref="InputData.Open"/> reads.</param>
    /// <param name="preprocess">How pictures become input, in text form; null for what the model or the file beside it says.</param>
    /// <param name="model">Path of the model that they are for.</param>
    public static ICalibrationSource Open(string path, string? preprocess, string model)
    {
        RequirePictures(path, preprocess);
        return InputData.Open(path, new DataOptions { Model = model, Preprocess = PreprocessArguments.Parse(preprocess) });
    }

    /// <summary>Arrays are taken as they are.</summary>
    public static void RequirePictures(string path, string? preprocess)
    {
        if (preprocess is null) return;
        bool arrays = IsArray(path) || (Directory.Exists(path) && Directory.EnumerateFiles(path).Any(IsArray));
        if (arrays) throw new CommandException("--preprocess is for pictures; arrays are taken as they are");
    }

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
                samples.AddRange(InputData.OfPictures(file, [file], options).Read(inputs).Select(s => s.Select(t => t.Clone()).ToArray()));
            }
            catch (ImageException e)
            {
                fault ??= e;
            }

            if (samples.Count == Enough) break;
        }

        return samples.Count > 0 ? samples : throw fault ?? new ImageException("there are no pictures");
    }

    private static bool IsArray(string path) => Path.GetExtension(path).ToLowerInvariant() is ".npy" or ".npz";
}
