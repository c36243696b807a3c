using System.Text.Json;
using System.Text.Json.Serialization;

namespace Edge.Cli.Output;

/// <summary>
/// The JSON of <c>edge run</c>. Preprocessing and postprocessing have the forms that the options of those names take.
/// </summary>
internal sealed record RunReport(string Model, string Provider, string Preprocess, JsonElement Postprocess, IReadOnlyList<RunPicture> Pictures);

/// <summary>One picture. A classifier gives classes, a detector objects, both best first; an autoencoder gives an anomaly.</summary>
internal sealed record RunPicture(
    string File, int Width, int Height, IReadOnlyList<RunClass>? Classes, IReadOnlyList<RunObject>? Objects, float? Anomaly, string? Saved, RunTimes Milliseconds);

internal sealed record RunClass(string Label, int Class, float Score);

internal sealed record RunObject(string Label, int Class, float Score, RunBox Box);

/// <summary>In pixels of the picture.</summary>
internal sealed record RunBox(float X, float Y, float Width, float Height);

internal sealed record RunTimes(double Decode, double Preprocess, double Run, double Postprocess);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunReport))]
internal sealed partial class RunJson : JsonSerializerContext;
