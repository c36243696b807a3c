using Edge.Onnx;
using Xunit;

namespace Edge.Pipeline.Tests;

public sealed class LabelsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edge-labels-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string text)
    {
        string path = Path.Combine(_folder, "labels.txt");
        File.WriteAllText(path, text);
        return path;
    }

    [Fact]
    public void A_file_holds_one_label_a_line_and_no_comments()
    {
        var labels = Labels.Load(Write("good part\r\n# 1\n  Kratzer ü \n\n\n"));
        Assert.Equal(["good part", "# 1", "Kratzer ü"], labels.Names);
        Assert.Equal(1, labels.IndexOf("# 1"));
    }

    [Theory]
    [InlineData("a\n\nb", "line 2 is empty; one label a line is expected")]
    [InlineData("a\nb\na", "line 3 repeats 'a' of line 1")]
    [InlineData("", "line 1 is empty; one label a line is expected")]
    public void A_mistake_names_file_and_line(string text, string problem)
    {
        string path = Write(text);
        Assert.Equal($"{path}: {problem}", Assert.Throws<ModelException>(() => Labels.Load(path)).Message);
    }

    [Fact]
    public void A_file_that_is_missing_or_no_text_is_named()
    {
        Assert.Equal("/nowhere/l.txt: no such file", Assert.Throws<ModelException>(() => Labels.Load("/nowhere/l.txt")).Message);
        string path = Path.Combine(_folder, "model.onnx");
        File.WriteAllBytes(path, [8, 7, 0xFF, 0xFE, 0x80]);
        Assert.Equal($"{path}: not a text file in UTF-8", Assert.Throws<ModelException>(() => Labels.Load(path)).Message);
    }

    [Fact]
    public void A_wrong_number_of_labels_is_an_error_with_both_numbers()
    {
        string path = Write("a\nb\nc");
        Assert.Equal($"{path} has 3 labels, but output 'prob' has 4 classes", Assert.Throws<ModelException>(() => Labels.Load(path).RequireCount(4, "prob")).Message);
    }

    [Fact]
    public void A_label_that_does_not_exist_is_an_error_that_lists_those_that_do() =>
        Assert.Equal("'scrach' is none of the labels of labels: ok, scratch", Assert.Throws<ModelException>(() => Labels.Of("ok", "scratch").IndexOf("scrach")).Message);
}
