using static Edge.Cli.Tests.CommandLine;

namespace Edge.Cli.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public void Alone_it_shows_what_it_can_do()
    {
        string help = Succeeds();
        Assert.Equal(Succeeds("--help"), help);
        foreach (string command in new[] { "demo", "inspect", "run", "bench", "quantize", "verify", "digest", "selftest", "providers", "operators" }) Assert.Contains($"  {command} ", help, StringComparison.Ordinal);
    }

    [Fact]
    public void It_tells_its_version() => Assert.Matches(@"^edge \d+\.\d+\.\d+\s*$", Succeeds("--version"));

    [Theory]
    [InlineData("'quantise' is not a command; commands: demo, inspect, ", "; try edge --help", "quantise", "m.onnx")]
    [InlineData("bench has no option --fast; try edge bench --help", "", "bench", "m.onnx", "--fast")]
    [InlineData("bench does not know what to do with 'n.onnx'; try edge bench --help", "", "bench", "m.onnx", "n.onnx")]
    [InlineData("the argument <model> is missing; try edge bench --help", "", "bench")]
    [InlineData("option '--output' is required; try edge quantize --help", "", "quantize", "m.onnx", "--calibrate", "x")]
    [InlineData("required argument missing for option: '--threads'; try edge bench --help", "", "bench", "m.onnx", "--threads")]
    [InlineData("--threads many: a whole number from 0 to 256 is expected; try edge bench --help", "", "bench", "m.onnx", "--threads", "many")]
    [InlineData("--threads -1: a whole number from 0 to 256 is expected; try edge inspect --help", "", "inspect", "m.onnx", "--threads", "-1")]
    [InlineData("--runs 0: a whole number from 1 to 1000000 is expected; try edge digest --help", "", "digest", "m.onnx", "--runs", "0")]
    [InlineData("--samples none: a whole number of at least 1 is expected; try edge quantize --help", "", "quantize", "m.onnx", "-o", "o.onnx", "--calibrate", "x", "--samples", "none")]
    [InlineData("--min-agreement 101: a number from 0 to 100 is expected; try edge verify --help", "", "verify", "a.onnx", "b.onnx", "--data", "d", "--min-agreement", "101")]
    [InlineData("--engine-b tflite: edge or onnxruntime is expected; try edge verify --help", "", "verify", "a.onnx", "b.onnx", "--data", "d", "--engine-b", "tflite")]
    public void A_wrong_command_line_is_told_in_one_line(string start, string end, params string[] args)
    {
        string line = Fails(args);
        Assert.StartsWith(start, line, StringComparison.Ordinal);
        Assert.EndsWith(end, line, StringComparison.Ordinal);
    }
}
