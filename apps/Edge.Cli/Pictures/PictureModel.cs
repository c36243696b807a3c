using System.Diagnostics;
using Edge.Imaging;
using Edge.Imaging.Preprocessing;
using Edge.Onnx;
using Edge.Pipeline;
using Edge.Pipeline.Postprocessing;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Cli.Pictures;

/// <summary>How long the steps of one picture took.</summary>
internal readonly record struct PictureTimes(TimeSpan Decode, TimeSpan Preprocess, TimeSpan Run, TimeSpan Postprocess)
{
    public TimeSpan Total => Decode + Preprocess + Run + Postprocess;
}

/// <summary>What a model says about one picture file.</summary>
internal sealed record ReadPicture(string File, int Width, int Height, Findings Findings, PictureTimes Times);

/// <summary>A model with its pre- and post-processing: pictures in, findings out. One picture at a time.</summary>
internal sealed class PictureModel : IDisposable
{
    private readonly IInferenceSession _session;
    private readonly Preprocessor _preprocessor;
    private readonly Postprocessor _postprocessor;
    private readonly Tensor _input;

    private PictureModel(IInferenceSession session, PictureReading reading)
    {
        (_session, Reading) = (session, reading);
        _preprocessor = new Preprocessor(reading.Preprocess, reading.Input);
        _postprocessor = Postprocessor.Create(reading.Postprocess, session.Outputs, reading.Input, reading.Labels);
        _input = _preprocessor.CreateInput();
    }

    public PictureReading Reading { get; }

    public Labels Labels => _postprocessor.Labels;

    public string Provider => _session.Provider;

    /// <exception cref="ModelException">The model cannot be run, or does not suit the arguments.</exception>
    /// <exception cref="Output.CommandException">The arguments contradict each other.</exception>
    /// <param name="path">The model file.</param>
    /// <param name="arguments">What the command line says about pictures and outputs.</param>
    /// <param name="file">What the file beside the model says.</param>
    /// <param name="session">The opened model; disposed with this, and if this fails.</param>
    public static PictureModel Open(string path, ReadingArguments arguments, PipelineFile? file, IInferenceSession session)
    {
        try
        {
            // Our own session has read the file already.
            if (session is InferenceSession own) return new PictureModel(session, PictureReading.Resolve(arguments, file, own.Model.Proto.Graph!, session));
            using var model = OnnxFile.Open(path);
            return new PictureModel(session, PictureReading.Resolve(arguments, file, model.Model.Graph!, session));
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Decodes a file and runs the model on it.</summary>
    /// <param name="file">A JPEG, PNG or BMP.</param>
    /// <param name="picture">The pixels; the caller disposes them.</param>
    /// <exception cref="ImageException">The file cannot be read.</exception>
    public ReadPicture Read(string file, out Bitmap picture)
    {
        long start = Stopwatch.GetTimestamp();
        picture = ImageCodec.Default.Load(file);
        try
        {
            long decoded = Stopwatch.GetTimestamp();
            var placement = _preprocessor.Run(picture.View, _input);
            long prepared = Stopwatch.GetTimestamp();
            var outputs = _session.Run(_input);
            long ran = Stopwatch.GetTimestamp();
            var findings = _postprocessor.Read(new ModelRun(_input, outputs, placement, picture.Width, picture.Height));
            long read = Stopwatch.GetTimestamp();
            var times = new PictureTimes(Stopwatch.GetElapsedTime(start, decoded), Stopwatch.GetElapsedTime(decoded, prepared), Stopwatch.GetElapsedTime(prepared, ran), Stopwatch.GetElapsedTime(ran, read));
            return new ReadPicture(file, picture.Width, picture.Height, findings, times);
        }
        catch
        {
            picture.Dispose();
            throw;
        }
    }

    public void Dispose() => _session.Dispose();
}
