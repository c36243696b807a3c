using System.Text.Json;
using System.Text.Json.Serialization;
using Edge.Cli.Output;
using Edge.Cli.Pictures;
using Edge.Imaging;
using Edge.Pipeline;

namespace Edge.Cli.Demo;

/// <summary>The bundled model with its pictures, as <c>tools/ModelFactory</c> makes them.</summary>
internal sealed class DemoAssets
{
    private DemoAssets(string folder, PipelineFile pipeline, DemoManifest manifest)
    {
        (Folder, Pipeline) = (folder, pipeline);
        Labels = Labels.Load(pipeline.LabelFile ?? throw new CommandException($"{pipeline.FullName}: it names no labels"));
        Product = manifest.Product;
        Calibration = [.. manifest.Calibration.Select(i => Path.Combine(folder, i.File))];
        Test = [.. manifest.Test.Select(i => new LabelledPart(Path.Combine(folder, i.File), i.Verdict == "ok", [.. i.Defects.Select(Truth)]))];
    }

    /// <summary>Where they lie when the program was built or published.</summary>
    public static string Bundled => Path.Combine(AppContext.BaseDirectory, "Assets", "parts");

    public string Folder { get; }

    public PipelineFile Pipeline { get; }

    public Labels Labels { get; }

    public string Product { get; }

    /// <summary>Pictures to quantize with.</summary>
    public IReadOnlyList<string> Calibration { get; }

    /// <summary>Pictures that the model never saw, with what is on them.</summary>
    public IReadOnlyList<LabelledPart> Test { get; }

    /// <exception cref="CommandException">They are not there, or not whole.</exception>
    public static DemoAssets Load(string folder)
    {
        if (!Directory.Exists(folder)) throw new CommandException($"{folder}: the demo's model and pictures are not there; they belong beside the program");
        string path = Path.Combine(folder, "manifest.json");
        if (!File.Exists(path)) throw new CommandException($"{path}: no such file");
        try
        {
            var manifest = JsonSerializer.Deserialize(File.ReadAllText(path), DemoJson.Default.DemoManifest) ?? throw new CommandException($"{path}: the JSON is null");
            return new DemoAssets(folder, PipelineFile.Load(folder), manifest);
        }
        catch (JsonException e)
        {
            throw new CommandException($"{path}: {e.Message}", e);
        }
    }

    private TrueDefect Truth(DemoDefect d) => new(Labels.IndexOf(d.Class), new Box(d.Box[0], d.Box[1], d.Box[2], d.Box[3]));
}

/// <summary>A picture of a part and what is wrong with it.</summary>
internal sealed record LabelledPart(string File, bool IsGood, IReadOnlyList<TrueDefect> Defects);

/// <summary>A defect that is there. The box is in pixels of the picture.</summary>
internal sealed record TrueDefect(int ClassId, Box Box);

/// <summary>What the demo reads of <c>manifest.json</c>; the rest of it says how the model was made.</summary>
internal sealed record DemoManifest(string Product, IReadOnlyList<DemoImage> Test, IReadOnlyList<DemoImage> Calibration);

internal sealed record DemoImage(string File, string Verdict, IReadOnlyList<DemoDefect> Defects);

/// <summary>The box is left, top, right, bottom.</summary>
internal sealed record DemoDefect(string Class, int[] Box);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(DemoManifest))]
internal sealed partial class DemoJson : JsonSerializerContext;
