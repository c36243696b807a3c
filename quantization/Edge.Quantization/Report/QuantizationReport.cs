using System.Text.Json;

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
}

/// <summary>The options that shaped the numbers.</summary>
public sealed record ReportedOptions(bool PerChannel, bool SymmetricActivations, bool QuantizeBias, IReadOnlyList<string> FloatOperators, IReadOnlyList<string> FloatNodes);

/// <summary>One output of the model over all measured samples.</summary>
/// <param name="Name">Its name.</param>
/// <param name="SqnrDb">Signal-to-quantization-noise ratio.</param>
/// <param name="MaxError">Largest absolute difference.</param>
/// <param name="MeanError">Mean absolute difference.</param>
public sealed record OutputReport(string Name, double SqnrDb, double MaxError, double MeanError);

/// <summary>One quantized activation.</summary>
/// <param name="Name">The value's name.</param>
/// <param name="Min">Low end of the range it is quantized with.</param>
/// <param name="Max">High end of it.</param>
/// <param name="Scale">Real size of one step.</param>
/// <param name="ZeroPoint">The integer of real 0.</param>
public sealed record ActivationReport(string Name, float Min, float Max, float Scale, int ZeroPoint);

/// <summary>The weights of a layer.</summary>
/// <param name="Min">Smallest float weight.</param>
/// <param name="Max">Largest.</param>
/// <param name="MinScale">Smallest scale of a channel.</param>
/// <param name="MaxScale">Largest.</param>
/// <param name="Channels">Number of scales.</param>
/// <param name="SqnrDb">Signal-to-quantization-noise ratio of the weights alone.</param>
/// <param name="BiasMadeRoom">Scales were enlarged so that the bias fits int32.</param>
public sealed record WeightReport(float Min, float Max, float MinScale, float MaxScale, int Channels, double SqnrDb, bool BiasMadeRoom);

/// <summary>One quantized layer: nodes that are computed in one step.</summary>
/// <param name="Name">Name of the first node.</param>
/// <param name="Operator">Its operators: <c>Conv + Relu</c>.</param>
/// <param name="Weights">Null for a layer without.</param>
/// <param name="Inputs">What it reads.</param>
/// <param name="Outputs">What it writes; empty where the result leaves as float32.</param>
/// <param name="SqnrDb">
/// Of its result, with the errors of all layers before it; null where it was not measured or leaves as float32.
/// </param>
public sealed record LayerReport(
    string Name, string Operator, WeightReport? Weights, IReadOnlyList<ActivationReport> Inputs, IReadOnlyList<ActivationReport> Outputs, double? SqnrDb);

/// <summary>A node that computes in float.</summary>
public sealed record FloatLayerReport(string Name, string Operator, string Reason);
