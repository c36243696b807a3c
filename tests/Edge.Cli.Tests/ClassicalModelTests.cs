using static Edge.Cli.Tests.CommandLine;

namespace Edge.Cli.Tests;

/// <summary>A model of strings and maps on the command line.</summary>
public sealed class ClassicalModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public ClassicalModelTests() => _model = _folder.File("letters.onnx", MadeModels.Letters());

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Inspect_names_the_columns_of_the_scores() =>
        Assert.Matches(@"output      label: string\[N\]\n  output      maps: float\[\?,2\]\n  columns     no, yes\n", Succeeds("inspect", _model, "--dim", "N=3"));

    [Fact]
    public void A_digest_of_strings_is_that_of_their_text()
    {
        // What stands for a string in memory depends on what the process met before.
        for (int i = 0; i < Random.Shared.Next(50); i++) Tensors.StringTable.Intern($"met before {Random.Shared.Next()}");
        Assert.StartsWith("5506cf12a6314955", Succeeds("digest", _model, "--dim", "N=8"), StringComparison.Ordinal);
    }
}
