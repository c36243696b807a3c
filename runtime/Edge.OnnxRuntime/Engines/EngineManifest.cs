using System.Text.Json.Serialization;

namespace Edge.OnnxRuntime.Engines;

/// <summary>What an entry of the engine cache holds, for people who look into the folder. It is written last: without it an entry is not used.</summary>
internal sealed record EngineManifest(string Model, string Sha256, string Providers, string OnnxRuntime, string Machine, double BuildSeconds, DateTimeOffset Built);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(EngineManifest))]
internal sealed partial class EngineJson : JsonSerializerContext;
