using System.Text.Json;
using System.Text.Json.Serialization;
using Edge.Imaging.Preprocessing;
using Edge.Onnx;
using Edge.Pipeline.Decisions;
using Edge.Pipeline.Postprocessing;

namespace Edge.Pipeline;

/// <summary>
/// <c>pipeline.json</c> beside a model: how pictures become its input, how its outputs are read and what follows from them, so
/// that nobody has to say it again. ModelFactory writes it. Immutable.
/// </summary>
public sealed class PipelineFile
{
    public const string Name = "pipeline.json";

    private readonly PipelineMembers _members;

    private PipelineFile(string folder, PipelineMembers members)
    {
        (Folder, _members) = (folder, members);
        if (members.Preprocess is { } p) Preprocess = Part(() => p.ValueKind == JsonValueKind.String ? PreprocessOptions.Parse(p.GetString()!) : PreprocessOptions.FromJson(p.GetRawText()));
        if (members.Postprocess is { } q) Postprocess = Part(() => PostprocessOptions.FromJson(q.GetRawText()));
        if (members.Rule is { } r) Rule = Part(() => DecisionRule.FromJson(r.GetRawText()));
    }

    /// <summary>The folder that it lies in.</summary>
    public string Folder { get; }

    /// <summary>Full path of the file itself.</summary>
    public string FullName => Path.Combine(Folder, Name);

    /// <summary>Full path of the model.</summary>
    public string ModelFile => Path.Combine(Folder, _members.Model);

    /// <summary>Full path of the labels; null where none are named.</summary>
    public string? LabelFile => _members.Labels is null ? null : Path.Combine(Folder, _members.Labels);

    public PreprocessOptions? Preprocess { get; }

    public PostprocessOptions? Postprocess { get; }

    public DecisionRule? Rule { get; }

    /// <summary>
    /// The file that lies beside a model and is about it or about what it was quantized from: for <c>parts.onnx</c> also
    /// beside <c>parts.int8.onnx</c>. Null if there is none.
    /// </summary>
    /// <exception cref="ModelException">There is one, but it cannot be read.</exception>
    public static PipelineFile? Beside(string model)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(model))!;
        if (!File.Exists(Path.Combine(folder, Name))) return null;
        var file = Load(folder);
        string about = file._members.Model, name = Path.GetFileName(model);
        return name == about || name.StartsWith(Path.GetFileNameWithoutExtension(about) + ".", StringComparison.Ordinal) ? file : null;
    }

    /// <exception cref="ModelException">It is not there, or not what it should be; the message names the file.</exception>
    public static PipelineFile Load(string folder)
    {
        string path = Path.Combine(folder, Name);
        try
        {
            var members = JsonSerializer.Deserialize(File.ReadAllText(path), PipelineJson.Default.PipelineMembers) ?? throw new ModelException($"{path}: the JSON is null");
            return new PipelineFile(folder, members);
        }
        catch (JsonException e)
        {
            throw new ModelException($"{path}: {e.Message}", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelException($"{path}: no such file", e);
        }
    }

    private T Part<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FormatException e)
        {
            throw new ModelException($"{FullName}: {e.Message}", e);
        }
    }
}

/// <summary>The members of the file; preprocess, postprocess and rule in the JSON forms of their options.</summary>
internal sealed record PipelineMembers(string Model, string? Labels = null, JsonElement? Preprocess = null, JsonElement? Postprocess = null, JsonElement? Rule = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(PipelineMembers))]
internal sealed partial class PipelineJson : JsonSerializerContext;
