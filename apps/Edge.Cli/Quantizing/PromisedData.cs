using System.Buffers;
using Edge.Cli.Commands;
using Edge.Cli.Output;
using Edge.Evaluation;
using Edge.Imaging;
using Edge.Onnx;
using Edge.Quantization;
using Edge.Quantization.Calibration;
using Edge.Quantization.Metrics;
using Edge.Quantization.Report.Html;
using Edge.Quantization.Search;
using Edge.Runtime;

namespace Edge.Cli.Quantizing;

/// <summary>The data of a promise: its samples, kept on the disk while the search reads them again and again, its metric, and what the report's page shows of them.</summary>
internal sealed class PromisedData : IDisposable
{
    /// <summary>Longest side of a picture in the report, and the bytes of a file that is taken as it is.</summary>
    private const int PictureSide = 320, MostBytes = 60_000;

    private readonly LabelledData _data;
    private readonly SpooledSource _samples;
    private readonly DataOptions _options;
    private readonly ModelFacts _model;

    private PromisedData(LabelledData data, SpooledSource samples, AccuracyPromise promise, DataOptions options, ModelFacts model) =>
        (_data, _samples, Promise, _options, _model) = (data, samples, promise, options, model);

    public AccuracyPromise Promise { get; private set; }

    /// <param name="model">Path of the float model.</param>
    /// <param name="quantization">What it is made for.</param>
    /// <param name="path">Path of the data.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="metric">Name of the metric; null for the first.</param>
    /// <param name="drop">How much worse it may become.</param>
    /// <param name="folder">Where samples are kept in the meantime.</param>
    /// <exception cref="CommandException">The data has no such metric.</exception>
    public static PromisedData Open(string model, QuantizationOptions quantization, string path, DataOptions options, string? metric, Drop drop, string folder)
    {
        ModelFacts facts = Facts(model, quantization);
        LabelledData data = LabelledData.Open(path, options, facts);
        IAccuracyMetric chosen = metric is null ? data.Metrics[0] : Metric(data, metric, $"--metric {metric}");
        (double most, bool relative) = drop.For(chosen.Unit);
        var samples = new SpooledSource(data.Source, folder);
        return new PromisedData(data, samples, new AccuracyPromise(chosen, samples, most, relative, data.Name), options.Completed(), facts);
    }

    /// <summary>Adds data that the search does not see.</summary>
    /// <param name="path">Path of the data.</param>
    /// <param name="options">How it is read.</param>
    /// <exception cref="CommandException">The data is not measured as that of the promise is.</exception>
    public void Confirm(string path, DataOptions options)
    {
        LabelledData data = LabelledData.Open(path, options, _model);
        Promise = Promise with { Unseen = new UnseenData(Metric(data, Promise.Metric.Name, $"--confirm {path}"), data.Source) };
    }

    private static IAccuracyMetric Metric(LabelledData data, string name, string argument) => data.Metrics.FirstOrDefault(m => m.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new CommandException($"{argument}: {data.Description} is measured in {string.Join(", ", data.Metrics.Select(m => m.Name))}, not in {name}");

    private static ModelFacts Facts(string model, QuantizationOptions quantization)
    {
        if (quantization.FixedInputs.Count > 0)
        {
            ModelProto made = Quantizer.SpecializeFile(model, quantization);
            using Model special = Model.FromProto(made, Path.GetFileName(model));
            return new ModelFacts(special.Inputs, special.Outputs, made.Graph);
        }
        using OnnxFile file = OnnxFile.Open(model);
        using Model loaded = Model.Load(model);
        return new ModelFacts(loaded.Inputs, loaded.Outputs, file.Model.Graph);
    }

    /// <summary>What whoever gave the data should know of it; null for nothing.</summary>
    public string? Note => _data.IsLabelled ? null : $"{_data.Description} has no labels{(_data.Unlabelled is { } why ? $": {why}" : "")}; what float32 answers is the truth";

    public void Dispose() => _samples.Dispose();

    public HtmlReportOptions Page(string title) => new(title, Picture, ClassName);

    /// <summary>Labels do not count a background class that is to be left out.</summary>
    private string ClassName(int index)
    {
        int label = index - (_options.Postprocess?.Classification is { SkipFirst: true } ? 1 : 0);
        return _options.Labels is { } labels && label >= 0 && label < labels.Count ? labels[label] : $"#{index}";
    }

    /// <summary>The sample's picture, small, where it is one.</summary>
    private string? Picture(int sample)
    {
        string name = _data.Name(sample);
        if (!File.Exists(name) || Path.GetExtension(name).ToLowerInvariant() is not (".jpg" or ".jpeg" or ".png" or ".bmp")) return null;
        byte[] bytes = File.ReadAllBytes(name);
        if (Path.GetExtension(name).ToLowerInvariant() is ".jpg" or ".jpeg" && bytes.Length <= MostBytes) return $"data:image/jpeg;base64,{Convert.ToBase64String(bytes)}";
        using Bitmap picture = ImageCodec.Default.Load(name);
        double share = Math.Min(1, (double)PictureSide / Math.Max(picture.Width, picture.Height));
        using Bitmap small = ImageTransforms.Resize(picture.View, Math.Max(1, (int)(picture.Width * share)), Math.Max(1, (int)(picture.Height * share)));
        var jpeg = new ArrayBufferWriter<byte>();
        ImageCodec.Default.Encode(small.View, ImageKind.Jpeg, quality: 80, jpeg);
        return $"data:image/jpeg;base64,{Convert.ToBase64String(jpeg.WrittenSpan)}";
    }
}
