using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ModelFactory.Defects;
using ModelFactory.Rendering;

namespace ModelFactory.Parts;

/// <summary>What lies in a model folder and how it was made: <c>manifest.json</c>.</summary>
/// <param name="Command">Makes the folder again, from the repository's root.</param>
internal sealed record Manifest(
    string Product, ulong Seed, string Command, PictureInfo Picture, string[] Labels, ModelInfo Model, TrainingInfo Training,
    Dictionary<string, AccuracyInfo> Accuracy, ImageInfo[] Test, ImageInfo[] Calibration);

internal sealed record PictureInfo(int Width, int Height, int JpegQuality);

internal sealed record ModelInfo(string File, string Sha256, long Bytes, long Parameters, long MultiplyAdds);

internal sealed record TrainingInfo(int Parts, int Epochs, int Batch, string KernelSet, int Threads, double RenderSeconds, double TrainSeconds);

/// <summary>Shares of 1; see <see cref="Evaluation"/>.</summary>
internal sealed record AccuracyInfo(
    int Parts, float Threshold, double Verdict, double FalseRejects, double Escapes, double Ap50, Dictionary<string, double> Recall, Dictionary<string, double> Ap50ByClass)
{
    public static AccuracyInfo Of(Evaluation e) => new(
        e.Parts, Round(e.Threshold), Round(e.Accuracy), Round(e.FalseRejects), Round(e.Escapes), Round(e.MeanAveragePrecision), ByClass(e.Recall), ByClass(e.AveragePrecision));

    private static Dictionary<string, double> ByClass(double[] values) =>
        values.Select((v, i) => (((DefectKind)i).Label(), Round(v))).ToDictionary(p => p.Item1, p => p.Item2);

    private static double Round(double v) => Math.Round(v, 4);

    private static float Round(float v) => MathF.Round(v, 2);
}

/// <param name="File">Relative to the folder.</param>
/// <param name="Verdict"><c>ok</c> or <c>ng</c>.</param>
internal sealed record ImageInfo(string File, string Verdict, DefectInfo[] Defects)
{
    public static ImageInfo Of(PartPicture p) => new(p.Name, p.IsGood ? "ok" : "ng", [.. p.Defects.Select(DefectInfo.Of)]);
}

/// <param name="Box">Left, top, right, bottom in pixels; right and bottom are outside.</param>
/// <param name="Contrast">Mean change of tone in grey levels where the flaw is seen; about 10 is the least that occurs.</param>
internal sealed record DefectInfo(string Class, int[] Box, double Contrast)
{
    public static DefectInfo Of(DefectTruth d) => new(d.Kind.Label(), [d.Box.Left, d.Box.Top, d.Box.Right, d.Box.Bottom], Math.Round(d.Contrast, 1));
}

/// <summary>How the run time uses the model, each member in the run time's own JSON form: <c>pipeline.json</c>.</summary>
internal sealed record PipelineInfo(string Model, string Labels, JsonNode Preprocess, JsonNode Postprocess, JsonNode Rule);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(Manifest))]
[JsonSerializable(typeof(PipelineInfo))]
internal sealed partial class PlainJson : JsonSerializerContext;

internal static class ManifestWriter
{
    public static void Write(string path, Manifest manifest) => File.WriteAllText(path, JsonSerializer.Serialize(manifest, PlainJson.Default.Manifest) + "\n");

    public static void Write(string path, PipelineInfo pipeline) => File.WriteAllText(path, JsonSerializer.Serialize(pipeline, PlainJson.Default.PipelineInfo) + "\n");
}
