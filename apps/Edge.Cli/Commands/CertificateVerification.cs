using System.Text.Json;
using System.Text.Json.Serialization;
using Edge.Cli.Output;
using Edge.Cli.Quantizing;
using Edge.Quantization.Certificates;
using Edge.Runtime;

namespace Edge.Cli.Commands;

/// <summary><c>edge verify MODEL</c>: whether a quantized model answers here as it did where it was made.</summary>
internal static class CertificateVerification
{
    private const int Disagrees = 2;

    public static int Run(Terminal terminal, string path, IInferenceSession session, string? data, string? preprocess, bool json, CancellationToken cancellation)
    {
        using var model = Model.Load(path);
        var certificate = ParityCertificate.Of(model.Proto)
            ?? throw new CommandException($"{path}: the model has no certificate; edge quantize gives one, or name a second model to compare with");
        var check = new CertificateCheck(certificate, session);
        bool unchanged = CertificateCheck.IsUnchanged(certificate, model.Proto);
        var probes = check.Probe(cancellation);
        var samples = data is null ? null : check.Compare(PictureSamples.Open(data, preprocess, path), cancellation);
        bool? report = QuantizedFiles.ReportMatches(path, certificate);
        var result = new CertificateResult(path, session.Provider, certificate.Provider, unchanged, report, probes, samples, certificate.Metric, unchanged && probes.Agrees && samples is not { Agrees: false } && report != false);
        if (json) terminal.Line(JsonSerializer.Serialize(result, CertificateResultJson.Default.CertificateResult));
        else Write(terminal, result, certificate);
        return result.Agrees ? 0 : Disagrees;
    }

    private static void Write(Terminal terminal, CertificateResult r, ParityCertificate certificate)
    {
        terminal.Line($"{r.Model} on {r.Provider}, certified on {r.CertifiedOn} by Edge.Quantization {certificate.ToolVersion}");
        terminal.Line(r.GraphUnchanged ? "  graph        as certified" : "  graph        CHANGED since it was certified");
        terminal.Line(r.ReportMatches switch { true => "  report       beside the model, as certified", false => "  report       DIFFERS from the one that was certified", null => "  report       not beside the model" });
        if (r.Metric is { } m) terminal.Line($"  {m.Name,-12} {m.FloatValue:G5}{m.Unit} float32, {m.Value:G5}{m.Unit} int8 on {m.Samples} samples when it was made");
        terminal.Line(r.Probes.Compared == 0 ? "  probes       none: the model's inputs cannot be generated" : $"  probes       {Text(r.Probes)}");
        if (r.Samples is { } s) terminal.Line($"  data         {Text(s)}");
        else terminal.Line($"  data         not compared; --data with {certificate.Data} compares {certificate.Answers.Count} samples");
        terminal.Line(r.Agrees ? "the model answers here as it did where it was made" : "the model does NOT answer here as it did where it was made");
    }

    private static string Text(CertificateComparison c) =>
        $"{c.Same} of {c.Compared} the same, {c.Identical} to the last bit{(c.FirstDifference is { } d ? $"; {d}" : "")}";
}

/// <summary>What <c>--json</c> prints.</summary>
internal sealed record CertificateResult(
    string Model, string Provider, string CertifiedOn, bool GraphUnchanged, bool? ReportMatches, CertificateComparison Probes, CertificateComparison? Samples, CertifiedMetric? Metric, bool Agrees);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(CertificateResult))]
internal sealed partial class CertificateResultJson : JsonSerializerContext;
