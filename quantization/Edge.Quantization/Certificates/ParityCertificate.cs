using System.Text.Json;
using System.Text.Json.Serialization;
using Edge.Onnx;

namespace Edge.Quantization.Certificates;

/// <summary>
/// What a quantized model answered where it was made, carried in its metadata: a device that runs it can tell whether it gets
/// the same answers. Immutable.
/// </summary>
public sealed record ParityCertificate
{
    /// <summary>Entry of a model's metadata that holds the certificate, as JSON.</summary>
    public const string MetadataKey = "edge.certificate";

    /// <summary>Form of the certificate.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Version of the library that issued it.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>What the model ran on: <c>edge/avx512vnni</c>.</summary>
    public required string Provider { get; init; }

    /// <summary>SHA-256 of the float model's file.</summary>
    public required string SourceSha256 { get; init; }

    /// <summary>SHA-256 of the quantized model's graph: its file without certificate and other metadata.</summary>
    public required string GraphSha256 { get; init; }

    /// <summary>SHA-256 of the report's JSON file: its text and a line feed.</summary>
    public required string ReportSha256 { get; init; }

    /// <summary>The figure of a promise; null where none was made.</summary>
    public CertifiedMetric? Metric { get; init; }

    /// <summary>How the inputs of <see cref="Probes"/> are made; empty where they cannot be made from a seed.</summary>
    public required IReadOnlyList<ProbeInput> Inputs { get; init; }

    /// <summary>Answers to generated inputs, which need no data on the device.</summary>
    public required IReadOnlyList<CertifiedAnswer> Probes { get; init; }

    /// <summary>Where the samples of <see cref="Answers"/> came from.</summary>
    public required string Data { get; init; }

    /// <summary>Answers to the first samples of that data.</summary>
    public required IReadOnlyList<CertifiedAnswer> Answers { get; init; }

    /// <summary>Puts the certificate into a model's metadata, in place of an older one.</summary>
    public void AddTo(ModelProto model)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.MetadataProps.RemoveAll(p => p.Key == MetadataKey);
        model.MetadataProps.Add(new StringStringEntryProto { Key = MetadataKey, Value = JsonSerializer.Serialize(this, CertificateJson.Default.ParityCertificate) });
    }

    /// <summary>The certificate of a model; null where it has none.</summary>
    /// <exception cref="ModelException">Its metadata has an entry that is no certificate.</exception>
    public static ParityCertificate? Of(ModelProto model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.MetadataProps.Find(p => p.Key == MetadataKey)?.Value is not { } text) return null;
        try
        {
            ParityCertificate? certificate = JsonSerializer.Deserialize(text, CertificateJson.Default.ParityCertificate);
            if (certificate is not { Version: 1 }) throw new ModelException($"metadata '{MetadataKey}' is a certificate of version {certificate?.Version}; this program reads version 1");
            return certificate;
        }
        catch (JsonException e)
        {
            throw new ModelException($"metadata '{MetadataKey}' is no certificate: {e.Message}", e);
        }
    }
}

/// <summary>A figure that was measured when the certificate was issued.</summary>
/// <param name="Name">The metric's name.</param>
/// <param name="Unit"><c>%</c> or empty.</param>
/// <param name="FloatValue">Of the float model.</param>
/// <param name="Value">Of the quantized model.</param>
/// <param name="Samples">On how many samples.</param>
/// <param name="Kept">Whether the promise was kept.</param>
public sealed record CertifiedMetric(string Name, string Unit, double FloatValue, double Value, int Samples, bool Kept);

/// <summary>How one input of a probe is made.</summary>
/// <param name="Shape">Its shape.</param>
/// <param name="Low">Float inputs: least value.</param>
/// <param name="High">Float inputs: largest value.</param>
/// <param name="Values">Integer inputs: the elements, the same in each probe; null for float inputs.</param>
public sealed record ProbeInput(IReadOnlyList<int> Shape, float Low, float High, IReadOnlyList<long>? Values);

/// <summary>What the model answered to one set of inputs.</summary>
/// <param name="Outputs">One a float32 output, in order.</param>
/// <param name="Fingerprint">The first 64 bits of the SHA-256 of all outputs' bytes: equal where every bit is.</param>
public sealed record CertifiedAnswer(IReadOnlyList<CertifiedOutput> Outputs, string Fingerprint);

/// <summary>One float32 output.</summary>
/// <param name="Top">Index of the largest value; −1 for an output of no elements.</param>
/// <param name="Score">The largest value.</param>
/// <param name="Size">Root of the mean square of all values.</param>
public sealed record CertifiedOutput(int Top, float Score, float Size);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ParityCertificate))]
internal sealed partial class CertificateJson : JsonSerializerContext;
