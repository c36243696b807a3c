using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Observers;
using Edge.Quantization.Report;
using Edge.Quantization.Rewrite;
using Edge.Quantization.Rewrite.Preparation;
using Edge.Quantization.Rewrite.Qdq;
using Edge.Runtime;

namespace Edge.Quantization;

/// <summary>
/// Static post-training quantization: a float32 ONNX model becomes one whose products are computed with 8-bit integers,
/// written with QuantizeLinear and DequantizeLinear so that every engine can read it. Safe to call from several threads.
/// </summary>
public static class Quantizer
{
    /// <summary>Version of this library, as reports and quantized models carry it.</summary>
    public static string Version { get; } = typeof(Quantizer).Assembly.GetName().Version!.ToString(3);

    /// <summary>Entry of a quantized model's metadata that holds <see cref="Version"/>.</summary>
    private const string MetadataKey = "edge.quantization";

    /// <summary>Quantizes a model file; external weights are taken into the result.</summary>
    /// <param name="path">An ONNX file of a float32 model of opset 7 or above.</param>
    /// <param name="samples">Representative inputs; some dozens to some hundreds.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="progress">Told after each sample.</param>
    /// <param name="cancellation">Ends the work between two samples.</param>
    /// <exception cref="ModelException">
    /// The model cannot be read, quantized or run, or the samples do not fit it; the message names the node, tensor or file.
    /// </exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static QuantizationResult QuantizeFile(
        string path, ICalibrationSource samples, QuantizationOptions? options = null, IProgress<QuantizationProgress>? progress = null, CancellationToken cancellation = default)
    {
        using OnnxFile file = OnnxFile.Open(path);
        if (file.Model.HasGraph)
        {
            foreach (TensorProto tensor in file.Model.Graph.Initializers.Where(t => t.DataLocation == DataLocation.External))
            {
                tensor.RawData = file.GetBytes(tensor);
                tensor.ExternalData.Clear();
                tensor.DataLocation = DataLocation.Default;
            }
        }
        try
        {
            return Quantize(file.Model, Sha256.Hex(file.Bytes.Span), samples, options ?? new(), progress, cancellation);
        }
        catch (ModelException e) when (!e.Message.Contains(path, StringComparison.Ordinal))
        {
            throw new ModelException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Quantizes a model in memory.</summary>
    /// <param name="model">A float32 model of opset 7 or above; not changed. Its hash in the report is that of the file that <see cref="OnnxWriter"/> writes of it.</param>
    /// <param name="samples">Representative inputs; some dozens to some hundreds.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="progress">Told after each sample.</param>
    /// <param name="cancellation">Ends the work between two samples.</param>
    /// <exception cref="ModelException">
    /// The model cannot be quantized or run, or the samples do not fit it; the message names the node, tensor or file.
    /// </exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static QuantizationResult Quantize(
        ModelProto model, ICalibrationSource samples, QuantizationOptions? options = null, IProgress<QuantizationProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Quantize(model, null, samples, options ?? new(), progress, cancellation);
    }

    private static QuantizationResult Quantize(
        ModelProto model, string? sha256, ICalibrationSource source, QuantizationOptions options, IProgress<QuantizationProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (options.MaxSamples is < 1) throw new ArgumentException($"MaxSamples is {options.MaxSamples}; it must be 1 or more", nameof(options));
        if (options.MeasuredSamples < 0) throw new ArgumentException($"MeasuredSamples is {options.MeasuredSamples}; it must be 0 or more", nameof(options));
        byte[] bytes = Bytes(model);
        var samples = new SampleReader(source, options.MaxSamples);

        progress?.Report(new(QuantizationStage.Prepare, 0, 1));
        (OnnxGraph graph, TensorFacts facts) = ModelPreparation.Prepare(OnnxReader.Read(bytes, "the model"), samples, options.Sessions);
        QuantizationPlan plan = QuantizationPlan.Make(graph, facts, options);
        if (!plan.Quantized.Any()) throw NothingToQuantize(plan);
        progress?.Report(new(QuantizationStage.Prepare, 1, 1));

        (Dictionary<string, ValueRange> observed, int calibrated) = RangeCalibration.Run(
            graph.Model, plan.Activations, samples, options, done => progress?.Report(new(QuantizationStage.Calibrate, done, samples.Count)), cancellation);
        Dictionary<string, ValueRange> used = FlatTails.Cut(graph, plan, observed, options.Sessions);
        HashSet<string> cut = [.. used.Keys.Where(k => used[k] != observed[k])];
        ActivationRanges ranges = ActivationRanges.Of(plan, used, options.SymmetricActivations);

        ModelProto real = OnnxReader.Read(Bytes(graph.Model), "the prepared model");
        var writer = new QdqWriter(graph, plan, ranges, options);
        writer.Write();
        graph.Model.MetadataProps.RemoveAll(p => p.Key == MetadataKey);
        graph.Model.MetadataProps.Add(new StringStringEntryProto { Key = MetadataKey, Value = Version });

        var builder = new ReportBuilder(plan, ranges, writer, cut);
        ComparedValue[] outputs = [.. real.Graph.Outputs.Where(o => facts.IsFloat(o.Name)).Select(o => new ComparedValue(o.Name, o.Name, null))];
        int measure = Math.Min(options.MeasuredSamples, calibrated);
        Measurement measured = ErrorMeasurement.Run(
            real, graph.Model, [.. outputs, .. builder.Compared()], samples.Take(measure), options.Sessions,
            done => progress?.Report(new(QuantizationStage.Measure, done, measure)), cancellation);

        return new QuantizationResult(graph.Model, new QuantizationReport
        {
            ToolVersion = Version,
            SourceSha256 = sha256 ?? Sha256.Hex(bytes),
            SourceBytes = bytes.Length,
            QuantizedBytes = OnnxWriter.Measure(graph.Model),
            Calibration = source.Description,
            CalibrationSamples = calibrated,
            MeasuredSamples = measured.Samples,
            Provider = measured.Provider,
            Options = new(options.PerChannel, options.SymmetricActivations, options.QuantizeBias, [.. options.FloatOperators], [.. options.FloatNodes]),
            Outputs = ReportBuilder.Outputs(outputs, measured),
            Layers = builder.Layers(measured),
            FloatLayers = builder.FloatLayers(),
        });
    }

    private static ModelException NothingToQuantize(QuantizationPlan plan)
    {
        string[] kept = [.. plan.Units.Where(u => u.Main.OpType is "Conv" or "Gemm" or "MatMul").Select(u => $"{OnnxGraph.Describe(u.Main)}: {u.Reason}").Take(4)];
        return new ModelException(kept.Length == 0
            ? "nothing to quantize: the model has no Conv, Gemm or MatMul"
            : $"nothing to quantize: every Conv, Gemm and MatMul stays float ({string.Join("; ", kept)})");
    }

    private static byte[] Bytes(ModelProto model)
    {
        byte[] bytes = new byte[OnnxWriter.Measure(model)];
        using var stream = new MemoryStream(bytes);
        OnnxWriter.Write(model, stream);
        return bytes;
    }
}
