using System.Text.Json;
using Edge.Onnx;
using Edge.Tensors;
using Edge.Testing;
using static Edge.Cli.Tests.CommandLine;

namespace Edge.Cli.Tests;

/// <summary><c>edge quantize --form</c>.</summary>
public sealed class QuantizeFormTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model, _output;

    public QuantizeFormTests()
    {
        float[] weights = [.. Enumerable.Range(0, 48 * 32).Select(i => MathF.Sin(i * i))];
        _model = _folder.File("flat.onnx", new OnnxGraphBuilder(13).Input("image", DataType.Float32, 1, 3, 4, 4)
            .Initializer("w", weights, 48, 32).Node("Flatten", ["image"], ["f"]).Node("MatMul", ["f", "w"], ["scores"]).Output("scores", DataType.Float32, 1, 32).ToBytes());
        _output = _folder["flat.quantized.onnx"];
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("dynamic", "MatMulIntegerToFloat", "Dynamic")]
    [InlineData("weights-8", "DequantizeLinear", "WeightOnly8")]
    [InlineData("weights-4", "DequantizeLinear", "WeightOnly4")]
    public void Other_forms_than_static_need_no_samples(string form, string operators, string reported)
    {
        string output = Succeeds("quantize", _model, "-o", _output, "--form", form);
        Assert.Contains("1 layers quantized, 0 float; not compared with float: no --calibrate", output, StringComparison.Ordinal);
        Assert.Contains(OnnxReader.Read(File.ReadAllBytes(_output), "test").Graph!.Nodes, n => n.OpType == operators);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(_folder["flat.quantized.report.json"]));
        Assert.Equal(reported, report.RootElement.GetProperty("options").GetProperty("form").GetString());
    }

    [Fact]
    public void With_samples_errors_are_told_and_answers_certified()
    {
        for (int i = 0; i < 3; i++)
        {
            int k = i;
            MadePictures.Of(_folder, $"pictures/{i}.png", (x, y) => ((byte)(k * 80), (byte)(x * 60), (byte)(y * 60)));
        }
        string output = Succeeds("quantize", _model, "-o", _output, "--form", "weights-4", "--block", "16", "--asymmetric-weights", "--calibrate", _folder["pictures"], "--preprocess", "scale=1/255");
        Assert.Contains("compared on 3 samples", output, StringComparison.Ordinal);
        Assert.Contains("scores", output, StringComparison.Ordinal);
        Assert.Contains("probes       4 of 4 the same", Succeeds("verify", _output), StringComparison.Ordinal);
        Assert.Contains(OnnxReader.Read(File.ReadAllBytes(_output), "test").Graph!.Initializers, t => t is { ElementType: ElementType.UInt4, Dims: [3, 32] });
    }

    [Theory]
    [InlineData("--calibrate is required: the static form observes ranges on samples")]
    [InlineData("--form int3: one of static, dynamic, weights-8, weights-4 is expected", "--form", "int3")]
    [InlineData("--symmetric is of --form static", "--form", "dynamic", "--symmetric")]
    [InlineData("--ranges is of --form static", "--form", "weights-8", "--ranges", "entropy")]
    [InlineData("--block is of --form weights-4", "--form", "weights-8", "--block", "32")]
    [InlineData("--samples is about the samples of --calibrate; give both", "--form", "dynamic", "--samples", "3")]
    [InlineData("--preprocess is about the samples of --calibrate; give both", "--form", "dynamic", "--preprocess", "scale=1/255")]
    [InlineData("--window is about the samples of --calibrate; give both", "--form", "weights-8", "--window", "3")]
    [InlineData("--stride is about the samples of --calibrate; give both", "--form", "weights-8", "--stride", "3")]
    [InlineData("--label-column is about the samples of --calibrate; give both", "--form", "weights-8", "--label-column", "x")]
    [InlineData("--block 48: 16, 32, 64, 128 or 256 is expected", "--form", "weights-4", "--block", "48")]
    public void What_does_not_go_together_is_told(string message, params string[] arguments) =>
        Assert.Equal($"{message}; try edge quantize --help", Fails(["quantize", _model, "-o", _output, .. arguments]));
}
