using System.Text.Json.Nodes;
using Edge.Cli.Demo;
using Edge.Cli.Output;
using Edge.Mqtt;
using Edge.Runtime;

namespace Edge.Cli.Tests;

/// <summary>The demo on a dozen of the bundled pictures: the same code, in a moment. CI runs the whole of it with the native binary.</summary>
internal sealed class SmallDemo
{
    private const int Parts = 12, CalibrationParts = 4;

    private readonly TemporaryFolder _folder;

    public SmallDemo(TemporaryFolder folder)
    {
        _folder = folder;
        var manifest = JsonNode.Parse(System.IO.File.ReadAllText(Path.Combine(DemoAssets.Bundled, "manifest.json")))!.AsObject();
        foreach ((string list, int count) in new[] { ("test", Parts), ("calibration", CalibrationParts) })
        {
            var images = manifest[list]!.AsArray();
            while (images.Count > count) images.RemoveAt(count);
            foreach (var image in images) Copy(image!["file"]!.GetValue<string>());
        }

        foreach (string file in new[] { "parts.onnx", "labels.txt", "pipeline.json" }) Copy(file);
        folder.File("assets/manifest.json", manifest.ToJsonString());
        Assets = DemoAssets.Load(folder["assets"]);
    }

    public DemoAssets Assets { get; }

    public async Task<Ran> RunAsync(MqttOptions? broker = null)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var demo = new DemoRun(new Terminal(output, error), Assets, _folder["out"], new SessionOptions { Threads = 1 });
        int code = await demo.RunAsync(broker, new Topics("test", "line", "demo"), count: null, TestContext.Current.CancellationToken);
        return new Ran(code, output.ToString(), error.ToString());
    }

    private void Copy(string file) => _folder.File(Path.Combine("assets", file), System.IO.File.ReadAllBytes(Path.Combine(DemoAssets.Bundled, file)));
}
