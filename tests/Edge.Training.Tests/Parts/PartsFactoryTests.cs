using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Edge.Onnx;
using ModelFactory.Parts;
using Xunit;

namespace Edge.Training.Tests.Parts;

public sealed class PartsFactoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edge-parts-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_same_seed_makes_the_same_files_whatever_the_threads()
    {
        string one = Make("one", threads: 1), two = Make("two", threads: 3);
        string[] files = [.. Directory.EnumerateFiles(one, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(one, f)).Order(StringComparer.Ordinal)];
        Assert.Equal(4 + 4 + 2, files.Length);
        foreach (string file in files.Where(f => f != "manifest.json")) Assert.Equal(File.ReadAllBytes(Path.Combine(one, file)), File.ReadAllBytes(Path.Combine(two, file)));
    }

    [Fact]
    public void The_manifest_tells_the_truth_about_the_files()
    {
        string folder = Make("parts", threads: 2);
        JsonNode manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "manifest.json")))!;
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, "parts.onnx")))), (string?)manifest["model"]!["sha256"]);
        Assert.Equal(["ok", "ng", "ok", "ng"], manifest["test"]!.AsArray().Select(i => (string?)i!["verdict"]));
        foreach (JsonNode? image in manifest["test"]!.AsArray().Concat(manifest["calibration"]!.AsArray()))
        {
            Assert.True(File.Exists(Path.Combine(folder, (string)image!["file"]!)));
            Assert.Equal((string?)image["verdict"] == "ok", image["defects"]!.AsArray().Count == 0);
        }
        ModelProto model = OnnxReader.Read(File.ReadAllBytes(Path.Combine(folder, "parts.onnx")), "parts");
        Assert.Equal("scratch,dent,crack,stain,missing_hole,burr", model.MetadataProps.Single(p => p.Key == "labels").Value);
        Assert.Equal(["scores", "boxes"], model.Graph.Outputs.Select(o => o.Name));
    }

    private string Make(string name, int threads)
    {
        string folder = Path.Combine(_folder, name);
        var options = new PartsOptions(Seed: 5, folder, TrainingParts: 8, Epochs: 1, Batch: 4, threads, CheckParts: 2) { TestParts = 4, CalibrationParts = 2, ThresholdParts = 4 };
        new PartsFactory(options, TextWriter.Null).Run();
        return folder;
    }
}
