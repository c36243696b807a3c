using Edge.Onnx;
using Edge.Quantization.Calibration;
using Edge.Quantization.Candidates;
using Edge.Quantization.Report;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Certificates;

/// <summary>Runs a quantized model and writes down what it answers.</summary>
internal static class CertificateIssuer
{
    /// <summary>Generated inputs, and samples of the data, that are certified.</summary>
    private const int ProbeCount = 4, AnswerCount = 16;

    /// <summary>Issues the certificate of a model and adds it to its metadata.</summary>
    /// <param name="model">The quantized model.</param>
    /// <param name="report">Made of it, but for its size; the result has that, too.</param>
    /// <param name="samples">The data that answers are certified of.</param>
    /// <param name="description">What the data is called.</param>
    /// <param name="sessions">What the model runs on.</param>
    /// <param name="cancellation">Looked at before each run.</param>
    public static QuantizationReport Issue(
        ModelProto model, QuantizationReport report, SampleReader samples, string description, SessionFactory sessions, CancellationToken cancellation)
    {
        using IInferenceSession session = sessions(model, "quantized model");
        var answers = new List<CertifiedAnswer>();
        Tensor[]? first = null;
        var ranges = new (float Low, float High)[session.Inputs.Count];
        foreach (IReadOnlyList<Tensor> sample in samples.Take(AnswerCount).Read(session.Inputs))
        {
            cancellation.ThrowIfCancellationRequested();
            first ??= [.. sample.Select(t => t.Clone())];
            for (int i = 0; i < ranges.Length; i++) ranges[i] = Widen(ranges[i], sample[i], answers.Count == 0);
            answers.Add(Answers.Of(session.Run([.. sample])));
        }
        IReadOnlyList<ProbeInput> inputs = Probes.Like(first!, ranges);
        DataType[] types = [.. session.Inputs.Select(i => i.Type)];
        PromiseReport? p = report.Promise;
        var certificate = new ParityCertificate
        {
            ToolVersion = report.ToolVersion,
            Provider = session.Provider,
            SourceSha256 = report.SourceSha256,
            GraphSha256 = GraphHash(model),
            ReportSha256 = new string('0', 64),
            Metric = p is null ? null : new CertifiedMetric(p.Metric, p.Unit, p.FloatValue, p.Value, p.Samples, p.Kept),
            Inputs = inputs,
            Probes = inputs.Count == 0 ? [] : [.. Enumerable.Range(0, ProbeCount).Select(n => Answers.Of(session.Run(Probes.Make(inputs, types, n))))],
            Data = description,
            Answers = answers,
        };
        // The report says how large the model is, certificate and all; the certificate says which report: all hashes have one length.
        certificate.AddTo(model);
        report = report with { QuantizedBytes = OnnxWriter.Measure(model) };
        (certificate with { ReportSha256 = ReportHash(report.ToJson()) }).AddTo(model);
        return report;
    }

    public static string ReportHash(string json) => Sha256.Hex(System.Text.Encoding.UTF8.GetBytes(json + "\n"));

    public static string GraphHash(ModelProto model) => Sha256.Hex(ModelBytes.Of(new ModelProto
    {
        IrVersion = model.IrVersion,
        OpsetImports = model.OpsetImports,
        Functions = model.Functions,
        Graph = model.Graph,
    }));

    private static (float Low, float High) Widen((float Low, float High) range, Tensor t, bool first)
    {
        if (t.Type != DataType.Float32 || t.Count == 0) return range;
        float low = System.Numerics.Tensors.TensorPrimitives.Min(t.AsSpan<float>()), high = System.Numerics.Tensors.TensorPrimitives.Max(t.AsSpan<float>());
        return first ? (low, high) : (Math.Min(range.Low, low), Math.Max(range.High, high));
    }
}
