using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Candidates;
using Edge.Quantization.Certificates;
using Edge.Quantization.Rewrite.WeightOnly;
using Edge.Runtime;

namespace Edge.Quantization.Report;

/// <summary>Reports on a model of a form without ranges; where there are samples, measures it and certifies what it answers.</summary>
internal static class DataFreeReport
{
    /// <param name="bytes">The float model as a file.</param>
    /// <param name="sha256">Hash of the file that it came from.</param>
    /// <param name="model">The quantized one.</param>
    /// <param name="source">Samples; null for none.</param>
    /// <param name="options">What it was made after.</param>
    /// <param name="progress">Told after each sample.</param>
    /// <param name="cancellation">Looked at before each sample.</param>
    public static QuantizationReport Make(
        ReadOnlyMemory<byte> bytes, string sha256, DataFreeModel model, ICalibrationSource? source, QuantizationOptions options, IProgress<QuantizationProgress>? progress, CancellationToken cancellation)
    {
        ModelProto real = OnnxReader.Read(model.Source, "the prepared model"), quantized = model.Graph.Model;
        ComparedValue[] outputs = [.. real.Graph.Outputs.Where(o => model.Facts.IsFloat(o.Name)).Select(o => new ComparedValue(o.Name, o.Name, null))];
        Measurement measured = source is null || options.MeasuredSamples == 0
            ? Loaded(quantized, options.Sessions)
            : ErrorMeasurement.Run(
                real, model.Facts, quantized, [.. outputs, .. model.Layers.Where(l => l.Output is not null).Select(Compared)], new SampleReader(source, options.MaxSamples).Take(options.MeasuredSamples),
                options.Sessions, (done, total) => progress?.Report(new(QuantizationStage.Measure, done, total)), cancellation);
        var report = new QuantizationReport
        {
            ToolVersion = Quantizer.Version,
            SourceSha256 = sha256,
            SourceBytes = bytes.Length,
            QuantizedBytes = OnnxWriter.Measure(quantized),
            Calibration = source?.Description ?? "no samples",
            CalibrationSamples = 0,
            MeasuredSamples = measured.Samples,
            Provider = measured.Provider,
            Options = ReportBuilder.Options(options),
            Outputs = ReportBuilder.Outputs(outputs, measured),
            Layers = [.. model.Layers.Select(l => new LayerReport(l.Name, l.Operators, Weights(l.Weights), [], [], Sqnr(l, measured), null))],
            FloatLayers = model.FloatLayers,
        };
        return source is null ? report : CertificateIssuer.Issue(quantized, report, new SampleReader(source, options.MaxSamples), source.Description, options.Sessions, cancellation);
    }

    /// <summary>Nothing to compare, but the model has been loaded once.</summary>
    private static Measurement Loaded(ModelProto quantized, SessionFactory sessions)
    {
        using IInferenceSession session = sessions(quantized, "quantized model");
        return new Measurement(new Dictionary<ComparedValue, SignalToNoise>(), 0, session.Provider);
    }

    private static ComparedValue Compared(DataFreeLayer layer) => new(layer.Output!, layer.Output!, null);

    private static double? Sqnr(DataFreeLayer layer, Measurement measured) =>
        layer.Output is not null && measured.Samples > 0 ? measured.Errors.GetValueOrDefault(Compared(layer))?.SqnrDb : null;

    private static WeightReport Weights(StoredWeights w) => new(
        w.Min, w.Max, w.Scales.Min(), w.Scales.Max(), w.Scales.Length, SignalToNoise.Db(w.Signal, w.Noise), false, HistogramReport.Of(w.Codes, w.Low, w.High), w.Bits);
}
