using System.Text.Json;
using System.Text.Json.Serialization;
using Edge.Cli.Output;

namespace Edge.Cli.Pictures;

/// <summary>
/// <c>pipeline.json</c> beside a model: how pictures become its input and how its outputs are read, so that nobody has to
/// say it again. ModelFactory writes it.
/// </summary>
/// <param name="Model">The model's file name.</param>
/// <param name="Labels">File with the labels, relative to the folder.</param>
/// <param name="Preprocess">In the text form of <see cref="Imaging.Preprocessing.PreprocessOptions"/>.</param>
/// <param name="Head">Layout of the outputs.</param>
/// <param name="Threshold">Score from which a detection is reported and makes a part bad.</param>
/// <param name="UnsureFrom">Score from which a person is to decide; null for no such band.</param>
internal sealed record PipelineFile(string Model, string? Labels = null, string? Preprocess = null, PipelineHead? Head = null, float? Threshold = null, float? UnsureFrom = null)
{
    public const string Name = "pipeline.json";

    /// <summary>The folder that it lies in.</summary>
    [JsonIgnore]
    public string Folder { get; private init; } = "";

    /// <summary>Full path of the labels; null where none are named.</summary>
    [JsonIgnore]
    public string? LabelFile => Labels is null ? null : Path.Combine(Folder, Labels);

    /// <summary>
    /// The file that lies beside a model and is about it or about what it was quantized from: for <c>parts.onnx</c> also
    /// beside <c>parts.int8.onnx</c>. Null if there is none.
    /// </summary>
    /// <exception cref="CommandException">There is one, but it cannot be read.</exception>
    public static PipelineFile? Beside(string model)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(model))!;
        if (!File.Exists(Path.Combine(folder, Name))) return null;
        var file = Load(folder);
        string stem = Path.GetFileNameWithoutExtension(file.Model), name = Path.GetFileName(model);
        return name == file.Model || name.StartsWith(stem + ".", StringComparison.Ordinal) ? file : null;
    }

    /// <exception cref="CommandException">It is not there, or not what it should be; the message names the file.</exception>
    public static PipelineFile Load(string folder)
    {
        string path = Path.Combine(folder, Name);
        try
        {
            var file = JsonSerializer.Deserialize(File.ReadAllText(path), PipelineJson.Default.PipelineFile) ?? throw new CommandException($"{path}: the JSON is null");
            return file with { Folder = folder };
        }
        catch (JsonException e)
        {
            throw new CommandException($"{path}: {e.Message}", e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"{path}: no such file", e);
        }
    }
}

/// <param name="Kind">One of the names that <c>--head</c> takes.</param>
/// <param name="NmsOverlap">Overlap above which the lesser of two boxes is dropped.</param>
internal sealed record PipelineHead(string Kind, float? NmsOverlap = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(PipelineFile))]
internal sealed partial class PipelineJson : JsonSerializerContext;
