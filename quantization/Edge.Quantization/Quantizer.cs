using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Candidates;
using Edge.Quantization.Certificates;
using Edge.Quantization.Report;
using Edge.Quantization.Rewrite;
using Edge.Quantization.Rewrite.Specialization;
using Edge.Quantization.Search;
using Edge.Runtime;

namespace Edge.Quantization;

/// <summary>
/// Post-training quantization: a float32 ONNX model becomes one whose products are computed with 8-bit integers, written with
/// QuantizeLinear and DequantizeLinear so that every engine can read it, or one of another <see cref="QuantizationForm"/>.
/// Safe to call from several threads.
/// </summary>
public static class Quantizer
{
    /// <summary>Version of this library, as reports and quantized models carry it.</summary>
    public static string Version { get; } = typeof(Quantizer).Assembly.GetName().Version!.ToString(3);

    /// <summary>Quantizes a model file; external weights are taken into the result.</summary>
    /// <param name="path">An ONNX file of a float32 model of opset 7 or above.</param>
    /// <param name="samples">
    /// Representative inputs; some dozens to some hundreds. Forms other than <see cref="QuantizationForm.Static"/> only measure
    /// errors with them; without them, null, none are reported.
    /// </param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="progress">Told after each sample.</param>
    /// <param name="cancellation">Ends the work between two samples.</param>
    /// <exception cref="ModelException">
    /// The model cannot be read, quantized or run, or the samples do not fit it; the message names the node, tensor or file.
    /// </exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static QuantizationResult QuantizeFile(
        string path, ICalibrationSource? samples, QuantizationOptions? options = null, IProgress<QuantizationProgress>? progress = null, CancellationToken cancellation = default)
    {
        return OfFile(path, file => Quantize(file.Model, file, samples, null, options ?? new(), progress, cancellation));
    }

    /// <summary>Quantizes a model in memory.</summary>
    /// <param name="model">A float32 model of opset 7 or above; not changed. Its hash in the report is that of the file that <see cref="OnnxWriter"/> writes of it.</param>
    /// <param name="samples">As of <see cref="QuantizeFile"/>.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="progress">Told after each sample.</param>
    /// <param name="cancellation">Ends the work between two samples.</param>
    /// <exception cref="ModelException">
    /// The model cannot be quantized or run, or the samples do not fit it; the message names the node, tensor or file.
    /// </exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static QuantizationResult Quantize(
        ModelProto model, ICalibrationSource? samples, QuantizationOptions? options = null, IProgress<QuantizationProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Quantize(model, null, samples, null, options ?? new(), progress, cancellation);
    }

    /// <summary>
    /// Searches for the smallest and fastest integer form of a model file that keeps a promise about its accuracy; the best
    /// that was found where none does, which <see cref="PromiseReport.Kept"/> says.
    /// </summary>
    /// <param name="path">An ONNX file of a float32 model of opset 7 or above.</param>
    /// <param name="samples">Representative inputs; some dozens to some hundreds.</param>
    /// <param name="promise">What must be kept, on which samples.</param>
    /// <param name="options">What to begin with; null for the defaults.</param>
    /// <param name="progress">Told after each sample or layer.</param>
    /// <param name="cancellation">Ends the work between two samples.</param>
    /// <inheritdoc cref="QuantizeFile" path="/exception"/>
    public static QuantizationResult Search(
        string path, ICalibrationSource samples, AccuracyPromise promise, QuantizationOptions? options = null,
        IProgress<QuantizationProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(promise);
        return OfFile(path, file => Quantize(file.Model, file, samples, promise, options ?? new(), progress, cancellation));
    }

    /// <summary>The float model with fixed inputs, as a quantized one with the same options is compared with.</summary>
    /// <param name="model">Not changed.</param>
    /// <param name="options"><see cref="QuantizationOptions.FixedInputs"/> and what conditions are computed on.</param>
    /// <exception cref="ModelException">The model has no such input, or it cannot have that value.</exception>
    public static ModelProto Specialize(ModelProto model, QuantizationOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        return Specialize(ModelBytes.Of(model), options);
    }

    /// <summary>The same of a model file; external weights are taken into the result.</summary>
    /// <inheritdoc cref="Specialize(ModelProto, QuantizationOptions)" path="/param[@name='options']"/>
    /// <inheritdoc cref="Specialize(ModelProto, QuantizationOptions)" path="/exception"/>
    public static ModelProto SpecializeFile(string path, QuantizationOptions options) => OfFile(path, file =>
    {
        ExternalData.TakeIn(file);
        return Specialize(file.Model, options);
    });

    private static ModelProto Specialize(ReadOnlyMemory<byte> bytes, QuantizationOptions options)
    {
        ModelProto model = OnnxReader.Read(bytes, "the model");
        FixedInputs.Apply(model, options.FixedInputs, options.Sessions);
        return model;
    }

    private static T OfFile<T>(string path, Func<OnnxFile, T> work)
    {
        using OnnxFile file = OnnxFile.Open(path);
        try
        {
            return work(file);
        }
        catch (ModelException e) when (!e.Message.Contains(path, StringComparison.Ordinal))
        {
            throw new ModelException($"{path}: {e.Message}", e);
        }
    }

    private static QuantizationResult Quantize(
        ModelProto model, OnnxFile? file, ICalibrationSource? source, AccuracyPromise? promise, QuantizationOptions options, IProgress<QuantizationProgress>? progress, CancellationToken cancellation)
    {
        if (source is null && (promise is not null || options.Form == QuantizationForm.Static)) throw new ArgumentNullException(nameof(source), "the static form observes ranges on samples");
        if (promise is not null && options.Form != QuantizationForm.Static) throw new ArgumentException($"a search begins with the static form, not with {options.Form}", nameof(options));
        if (options.WeightBlock is < 16 or > 256 || !int.IsPow2(options.WeightBlock)) throw new ArgumentException($"WeightBlock is {options.WeightBlock}; it must be 16, 32, 64, 128 or 256", nameof(options));
        if (options.MaxSamples is < 1) throw new ArgumentException($"MaxSamples is {options.MaxSamples}; it must be 1 or more", nameof(options));
        if (options.MeasuredSamples < 0) throw new ArgumentException($"MeasuredSamples is {options.MeasuredSamples}; it must be 0 or more", nameof(options));
        bool isWhole = file is not null && !ExternalData.TakeIn(file);
        // The mapped file does as it is; but what is written without ranges keeps views of what it was made of, and outlives the file.
        ReadOnlyMemory<byte> bytes = isWhole && options.Form == QuantizationForm.Static ? file!.Bytes : ModelBytes.Of(model);
        string sha256 = Sha256.Hex((file?.Bytes ?? bytes).Span);
        if (options.FixedInputs.Count > 0) bytes = ModelBytes.Of(Specialize(bytes, options));
        if (options.Form != QuantizationForm.Static)
        {
            DataFreeModel made = DataFreeBuilder.Build(bytes, source is null ? null : new SampleReader(source, options.MaxSamples), options, progress, cancellation);
            return new QuantizationResult(made.Graph.Model, DataFreeReport.Make(bytes, sha256, made, source, options, progress, cancellation));
        }
        var samples = new SampleReader(source!, options.MaxSamples);
        var builder = new CandidateBuilder(bytes, samples, progress, cancellation);
        SearchResult? search = promise is null ? null : new PromiseSearch(bytes, builder, promise, options, progress, cancellation).Run();
        Candidate candidate = search?.Best.Candidate ?? builder.Build(options);

        var reports = new ReportBuilder(candidate);
        ModelProto real = candidate.Source.NewModel();
        ComparedValue[] outputs = [.. real.Graph.Outputs.Where(o => candidate.Source.Facts.IsFloat(o.Name)).Select(o => new ComparedValue(o.Name, o.Name, null))];
        int measure = Math.Min(options.MeasuredSamples, candidate.Source.Samples);
        Measurement measured = ErrorMeasurement.Run(
            real, candidate.Source.Facts, candidate.Model, [.. outputs, .. reports.Compared()], samples.Take(measure), options.Sessions,
            (done, total) => progress?.Report(new(QuantizationStage.Measure, done, total)), cancellation);

        var report = new QuantizationReport
        {
            ToolVersion = Version,
            SourceSha256 = sha256,
            SourceBytes = bytes.Length,
            QuantizedBytes = OnnxWriter.Measure(candidate.Model),
            Calibration = source!.Description,
            CalibrationSamples = candidate.Source.Samples,
            MeasuredSamples = measured.Samples,
            Provider = measured.Provider,
            Options = ReportBuilder.Options(candidate.Options),
            Promise = search is null ? null : PromiseReportBuilder.Of(promise!, search),
            Preparation = candidate.Source.Changes,
            Outputs = ReportBuilder.Outputs(outputs, measured),
            Layers = reports.Layers(measured, search?.Layers),
            FloatLayers = reports.FloatLayers(search?.Layers),
        };
        (SampleReader certified, string data) = promise is null ? (samples, source.Description) : (new SampleReader(promise.Samples, null), promise.Samples.Description);
        report = CertificateIssuer.Issue(candidate.Model, report, certified, data, options.Sessions, cancellation);
        return new QuantizationResult(candidate.Model, report);
    }
}
