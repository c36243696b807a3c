using System.Text.Json;
using Edge.Quantization.Report.Html;

namespace Edge.Quantization.Report;

/// <summary>What quantization did to a model and what it cost. Immutable.</summary>
public sealed record QuantizationReport
{
    /// <summary>Version of this library.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>SHA-256 of the float model, in lower-case hexadecimal.</summary>
    public required string SourceSha256 { get; init; }

    /// <summary>Bytes of the float model.</summary>
    public required long SourceBytes { get; init; }

    /// <summary>Bytes of the quantized model.</summary>
    public required long QuantizedBytes { get; init; }

    /// <summary>Where the calibration samples came from.</summary>
    public required string Calibration { get; init; }

    /// <summary>Samples that ranges were observed on.</summary>
    public required int CalibrationSamples { get; init; }

    /// <summary>Samples on which float and int8 were compared; 0 if they were not.</summary>
    public required int MeasuredSamples { get; init; }

    /// <summary>What ran the models: <c>edge/avx2</c>.</summary>
    public required string Provider { get; init; }

    public required ReportedOptions Options { get; init; }

    /// <summary>What a search for a promised accuracy found; null where there was none.</summary>
    public PromiseReport? Promise { get; init; }

    /// <summary>What was done to channels and biases of the float model before; null in forms that do nothing of the kind.</summary>
    public PreparationReport? Preparation { get; init; }

    /// <summary>The model's outputs, int8 against float.</summary>
    public required IReadOnlyList<OutputReport> Outputs { get; init; }

    /// <summary>Quantized layers, in graph order.</summary>
    public required IReadOnlyList<LayerReport> Layers { get; init; }

    /// <summary>What stayed float, in graph order.</summary>
    public required IReadOnlyList<FloatLayerReport> FloatLayers { get; init; }

    /// <summary>The report as JSON, indented, in camel case; a ratio without noise is the string <c>Infinity</c>.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.QuantizationReport);

    /// <exception cref="JsonException">Not such a report.</exception>
    public static QuantizationReport FromJson(string json) =>
        JsonSerializer.Deserialize(json, ReportJson.Default.QuantizationReport) ?? throw new JsonException("the report is null");

    /// <summary>The report for people, in Markdown: outputs first, then layers with the worst on top.</summary>
    public string ToMarkdown() => MarkdownReport.Write(this);

    /// <summary>The report for people as one HTML page, with charts.</summary>
    public string ToHtml(HtmlReportOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return HtmlReport.Write(this, options);
    }
}
