using System.Text.Json;
using System.Text.Json.Serialization;

namespace Edge.Imaging.Preprocessing;

/// <summary>Writes a size as <c>"640x480"</c>; reads that, <c>"224"</c> and <c>224</c>.</summary>
internal sealed class PixelSizeJson : JsonConverter<PixelSize>
{
    public override PixelSize Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string text = reader.TokenType == JsonTokenType.Number ? $"{reader.GetInt64()}" : reader.GetString() ?? "";
        try
        {
            return PixelSize.Parse(text);
        }
        catch (FormatException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    public override void Write(Utf8JsonWriter writer, PixelSize value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

/// <summary>Writes a region in its text form.</summary>
internal sealed class SourceRegionJson : JsonConverter<SourceRegion>
{
    public override SourceRegion Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return SourceRegion.Parse(reader.GetString() ?? "");
        }
        catch (FormatException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    public override void Write(Utf8JsonWriter writer, SourceRegion value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(PreprocessOptions))]
internal sealed partial class PreprocessJsonContext : JsonSerializerContext;
