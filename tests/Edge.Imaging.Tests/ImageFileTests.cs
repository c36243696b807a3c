using Edge.Devices;
using Xunit;

namespace Edge.Imaging.Tests;

public sealed class ImageFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edge-imaging-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_appears_complete_and_leaves_nothing_else_behind()
    {
        using Bitmap scene = Pictures.Scene(30, 20);
        string path = Path.Combine(_folder, "a.png");
        File.WriteAllText(path, "what was there before");
        ImageCodec.Managed.Save(scene.View, path);
        Assert.Equal([path], Directory.GetFiles(_folder));
        using Bitmap back = ImageCodec.Managed.Load(path);
        Assert.True(back.Pixels.SequenceEqual(scene.Pixels));
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_named()
    {
        using Bitmap scene = Pictures.Scene(8, 8);
        string path = Path.Combine(_folder, "none", "a.jpg");
        string message = Assert.Throws<ImageException>(() => ImageCodec.Managed.Save(scene.View, path)).Message;
        Assert.StartsWith($"{path}: cannot be written: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Other_extensions_are_refused()
    {
        using Bitmap scene = Pictures.Scene(8, 8);
        Assert.Equal("x.gif: pictures are written as .jpg or .png, not as '.gif'", Assert.Throws<ImageException>(() => ImageCodec.Managed.Save(scene.View, "x.gif")).Message);
    }

    [Theory]
    [InlineData("missing.png", "no such file")]
    [InlineData("", "is a folder, not a picture")]
    public void What_cannot_be_read_is_named(string name, string problem)
    {
        string path = Path.Combine(_folder, name);
        Assert.Equal($"{path}: {problem}", Assert.Throws<ImageException>(() => ImageCodec.Managed.Load(path)).Message);
    }
}
