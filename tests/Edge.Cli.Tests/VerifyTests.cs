using System.Text.Json;
using Edge.Tensors;
using Edge.Testing;
using static Edge.Cli.Tests.CommandLine;

namespace Edge.Cli.Tests;

/// <summary><c>edge verify</c> of two models: what their differences are, where values are not finite, too.</summary>
public sealed class VerifyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A model that adds constants to four zeros.</summary>
    private string Adds(string name, params float[] values) => _folder.File(name, new OnnxGraphBuilder()
        .Input("x", DataType.Float32, 1, 4).Initializer("c", values, 1, 4).Node("Add", ["x", "c"], ["y"]).Output("y", DataType.Float32, 1, 4).ToBytes());

    private string[] Arguments(float[] a, float[] b, params string[] more) =>
        ["verify", Adds("a.onnx", a), Adds("b.onnx", b), "--data", _folder.File("x.npy", NumpyFile.Of<float>("<f4", new float[8], 2, 4)), .. more];

    /// <summary>Largest, mean and relative error, and how many values are not finite in one model only.</summary>
    private (double Max, double Mean, double Relative, long NotFinite) Errors(float[] a, float[] b)
    {
        using JsonDocument result = JsonDocument.Parse(Succeeds(Arguments(a, b, "--json")));
        JsonElement y = result.RootElement.GetProperty("outputs")[0];
        return (Number("maxError"), Number("meanError"), Number("relativeError"), y.GetProperty("notFinite").GetInt64());

        double Number(string name) => y.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : double.Parse(y.GetProperty(name).GetString()!, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Finite_values_differ_by_their_distance() => Assert.Equal((1, 0.25, 0.25, 0), Errors([0, 1, 2, 4], [0, 1, 3, 4]));

    [Fact]
    public void The_same_that_is_not_finite_is_no_difference_and_no_part_of_the_range() => Assert.Equal(
        (1, 0.25, 0.5, 0), Errors([float.NaN, float.PositiveInfinity, 0, 2], [float.NaN, float.PositiveInfinity, 1, 2]));

    [Theory]
    [InlineData(float.NaN, 1f)]
    [InlineData(float.PositiveInfinity, 1f)]
    [InlineData(float.NaN, float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity, float.PositiveInfinity)]
    public void What_is_not_finite_in_one_model_only_is_an_infinite_error(float a, float b)
    {
        Assert.Equal((double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity, 2), Errors([0, a, 0, 2], [0, b, 0, 2]));
        Assert.Contains("y: 2 values are NaN or infinite in one of the models and not the same in the other", Succeeds(Arguments([0, a, 0, 2], [0, b, 0, 2])), StringComparison.Ordinal);
    }

    [Fact]
    public void Models_that_answer_the_same_have_no_errors()
    {
        Assert.Equal((0, 0, 0, 0), Errors([1, 1, 1, 1], [1, 1, 1, 1]));
        Assert.DoesNotContain("NaN or infinite", Succeeds(Arguments([1, float.NaN, 1, 1], [1, float.NaN, 1, 1])), StringComparison.Ordinal);
    }
}
