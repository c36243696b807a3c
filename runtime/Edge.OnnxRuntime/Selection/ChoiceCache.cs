using System.Text.Json;
using System.Text.Json.Serialization;
using Edge.Runtime.Caching;

namespace Edge.OnnxRuntime.Selection;

/// <summary>
/// A file that remembers choices. What it loses is measured again: a file that cannot be read or written is told about and
/// does no further harm.
/// </summary>
public sealed class ChoiceCache(string? path)
{
    /// <summary>Choices kept; the oldest go first.</summary>
    private const int Most = 256;

    /// <summary>A longer file is none of ours.</summary>
    private const long MostBytes = 16 << 20;

    private const int Version = 1;

    /// <summary><c>edge/providers.json</c> in the user's cache folder (see <see cref="UserCache"/>); null where there is none.</summary>
    public static string? DefaultPath => UserCache.PathOf("providers.json");

    /// <summary>The file; null where nothing is remembered.</summary>
    public string? FilePath => path;

    /// <summary>What was chosen under <paramref name="key"/>; null if nothing was.</summary>
    public ProviderChoice? Recall(string key, Action<string> log) => Read(log).LastOrDefault(e => e.Key == key)?.Choice;

    /// <summary>Keeps a choice.</summary>
    /// <returns>Whether it could be kept.</returns>
    public bool Remember(string key, ProviderChoice choice, Action<string> log)
    {
        if (path is null)
        {
            log("there is no folder to remember the choice in; name a file with --provider-cache");
            return false;
        }

        // Another process may have written since: what it chose is kept.
        var entries = Read(_ => { }).Where(e => e.Key != key).Append(new ChoiceEntry(key, choice)).TakeLast(Most);
        string partial = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            File.WriteAllText(partial, JsonSerializer.Serialize(new ChoiceFile(Version, [.. entries]), ChoiceJson.Default.ChoiceFile));
            File.Move(partial, path, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log($"{path}: the choice cannot be remembered: {e.Message}");
            return false;
        }
    }

    private IReadOnlyList<ChoiceEntry> Read(Action<string> log)
    {
        try
        {
            if (path is null || !File.Exists(path)) return [];
            if (new FileInfo(path).Length > MostBytes) throw new JsonException("it is too long");
            var file = JsonSerializer.Deserialize(File.ReadAllBytes(path), ChoiceJson.Default.ChoiceFile);
            if (file?.Version != Version) throw new JsonException("it is of another version");
            // Lists may hold null even where their elements may not.
            if (file.Choices.Any(e => e is null || e.Choice.Results.Any(r => r is null))) throw new JsonException("an entry is missing");
            return file.Choices;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            log($"{path}: remembered choices cannot be read and are made again: {e.Message}");
            return [];
        }
    }
}

/// <summary>One choice under its key.</summary>
internal sealed record ChoiceEntry(string Key, ProviderChoice Choice);

/// <summary>The whole file, oldest choice first.</summary>
internal sealed record ChoiceFile(int Version, IReadOnlyList<ChoiceEntry> Choices);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ChoiceFile))]
internal sealed partial class ChoiceJson : JsonSerializerContext;
