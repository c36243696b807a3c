using System.Text.Json;
using System.Text.Json.Serialization;

namespace Edge.Pipeline.Postprocessing;

/// <summary>What kind of model it is and how its outputs are read: exactly one member is set. Immutable.</summary>
public sealed record PostprocessOptions
{
    public ClassificationOptions? Classification { get; init; }

    public DetectionOptions? Detection { get; init; }

    /// <summary>The model is an autoencoder; the finding is its reconstruction error.</summary>
    public ReconstructionOptions? Reconstruction { get; init; }

    /// <summary>Reads the JSON form, such as <c>{"detection":{"head":"yolox","minScore":0.3}}</c>.</summary>
    /// <exception cref="FormatException">Not JSON, an unknown member, or a value that is not possible.</exception>
    public static PostprocessOptions FromJson(string json)
    {
        try
        {
            PostprocessOptions options = JsonSerializer.Deserialize(json, PostprocessJsonContext.Default.PostprocessOptions)
                ?? throw new FormatException("postprocess: the JSON is null");
            options.Validate();
            return options;
        }
        catch (JsonException e)
        {
            throw new FormatException($"postprocess: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, PostprocessJsonContext.Default.PostprocessOptions);

    /// <exception cref="FormatException">None or several are set, or a member's own options are not possible.</exception>
    public void Validate()
    {
        int set = (Classification is null ? 0 : 1) + (Detection is null ? 0 : 1) + (Reconstruction is null ? 0 : 1);
        if (set != 1) throw new FormatException("postprocess: give exactly one of classification, detection, reconstruction");
        if (Classification is { Top: < 1 }) throw new FormatException("postprocess: top is at least 1");
        Detection?.Validate();
    }
}

/// <summary>Nothing to choose yet.</summary>
public sealed record ReconstructionOptions;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(PostprocessOptions))]
internal sealed partial class PostprocessJsonContext : JsonSerializerContext;
