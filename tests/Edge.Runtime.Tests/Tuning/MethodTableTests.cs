using Edge.Kernels.Dense;
using Edge.Runtime.Tuning;
using Xunit;

namespace Edge.Runtime.Tests.Tuning;

public sealed class MethodTableTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edge-tuning-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_written_is_read_again()
    {
        var table = new MethodTable();
        table.Set("a b", ConvMethod.Winograd4, 12.34);
        table.Set("c", ConvMethod.Direct, 0);
        var text = new StringWriter();
        table.Write(text);
        var read = MethodTable.Parse(new StringReader(text.ToString()));
        Assert.Equal(2, read.Count);
        Assert.Equal(ConvMethod.Winograd4, read.Find("a b"));
        Assert.Equal(ConvMethod.Direct, read.Find("c"));
        Assert.Null(read.Find("b"));
    }

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("# something else\n", "line 1")]
    [InlineData(MethodTable.Header + "\na\tDirect\n", "line 2")]
    [InlineData(MethodTable.Header + "\n# remark\na\tFaster\t1\n", "line 3")]
    [InlineData(MethodTable.Header + "\na\t77\t1\n", "line 2")]
    [InlineData(MethodTable.Header + "\na\tDirect\tsoon\n", "line 2")]
    public void Anything_else_is_refused_with_its_line(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => MethodTable.Parse(new StringReader(text))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_damaged_file_is_told_about_and_replaced()
    {
        string path = Path.Combine(_folder, "below", "convolutions.tsv");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "\0\0\0");
        var lines = new List<string>();
        var file = new TuningFile(path, lines.Add);
        Assert.Equal(0, file.Read().Count);
        Assert.StartsWith(path, Assert.Single(lines), StringComparison.Ordinal);
        var measured = new MethodTable();
        measured.Set("a", ConvMethod.Winograd2, 1);
        file.Add(measured);
        Assert.Equal(ConvMethod.Winograd2, file.Read().Find("a"));
        Assert.Single(lines);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void What_others_wrote_since_is_kept()
    {
        var file = new TuningFile(Path.Combine(_folder, "convolutions.tsv"), null);
        foreach (string key in (string[])["a", "b"])
        {
            var measured = new MethodTable();
            measured.Set(key, ConvMethod.Direct, 1);
            file.Add(measured);
        }

        Assert.Equal(2, file.Read().Count);
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_told_about()
    {
        string folder = Path.Combine(_folder, "file");
        File.WriteAllText(folder, "");
        var lines = new List<string>();
        var measured = new MethodTable();
        measured.Set("a", ConvMethod.Direct, 1);
        new TuningFile(Path.Combine(folder, "convolutions.tsv"), lines.Add).Add(measured);
        Assert.Contains("cannot be remembered", Assert.Single(lines), StringComparison.Ordinal);
    }
}
