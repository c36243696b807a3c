using System.Diagnostics;
using Xunit;

namespace Edge.Onnx.Tests;

/// <summary>Files that are something else, and paths that are no file: one clear line each.</summary>
public sealed class NotOnnxTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edge-onnx-");

    public void Dispose() => _folder.Delete(recursive: true);

    public static TheoryData<string, byte[]> Others() => new()
    {
        { "it is a PNG picture", [0x89, .. "PNG\r\n\x1a\n\0\0\0\rIHDR"u8] },
        { "it is a JPEG picture", [0xFF, 0xD8, 0xFF, 0xE0, 0, 16] },
        { "it is a ZIP archive (a PyTorch or NumPy file?)", [.. "PK\x03\x04"u8, 1, 2, 3] },
        { "it is compressed with gzip: decompress it first", [0x1F, 0x8B, 8, 0, 0, 0] },
        { "it is a TensorFlow Lite model", [0x1C, 0, 0, 0, .. "TFL3"u8, 0, 0] },
        { "it is a Git LFS pointer: run 'git lfs pull' to get the model itself", [.. "version https://git-lfs.github.com/spec/v1\noid sha256:00\n"u8] },
        { "it is a web page", [.. "<!DOCTYPE html>\n<title>404</title>"u8] },
        { "it is text", [.. "hello, world\n"u8] },
        { "it is text", [.. "{ \"a\": \"ümlaut\" }"u8] },
        { "wire type 7 of field 31 does not exist at offset 0", [0xFF, 0x01, 0x02] },
        { "0 is not a field number at offset 0", new byte[100] },
        { "it has no graph", [8, 8] },
        { "it has no graph", new WireBytes().Int(1, 8).Text(2, "x").ToArray() },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void Another_kind_of_file_is_named(string what, byte[] file)
    {
        string path = Path.Combine(_folder.FullName, "other.onnx");
        File.WriteAllBytes(path, file);

        Assert.Equal($"{path}: not an ONNX model: {what}", Assert.Throws<ModelException>(() => OnnxFile.Open(path)).Message);
        Assert.Equal($"other.onnx: not an ONNX model: {what}", Assert.Throws<ModelException>(() => OnnxReader.Read(file, "other.onnx")).Message);
    }

    [Fact]
    public void A_missing_file_a_folder_and_an_empty_file_are_named()
    {
        string missing = Path.Combine(_folder.FullName, "missing.onnx");
        string empty = Path.Combine(_folder.FullName, "empty.onnx");
        File.WriteAllBytes(empty, []);

        Assert.Equal($"{missing}: there is no such file", Assert.Throws<ModelException>(() => OnnxFile.Open(missing)).Message);
        Assert.Equal($"{_folder.FullName}: it is a folder, not a file", Assert.Throws<ModelException>(() => OnnxFile.Open(_folder.FullName)).Message);
        Assert.Equal($"{empty}: the file is empty", Assert.Throws<ModelException>(() => OnnxFile.Open(empty)).Message);
        Assert.Equal("empty.onnx: the file is empty", Assert.Throws<ModelException>(() => OnnxReader.Read(default, "empty.onnx")).Message);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_pipe_is_refused_instead_of_waited_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "named pipes are files on Unix only");
        string pipe = Path.Combine(_folder.FullName, "pipe.onnx");
        using (Process mkfifo = Process.Start("mkfifo", pipe)) await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);

        ModelException error = await Task.Run(() => Assert.Throws<ModelException>(() => OnnxFile.Open(pipe)), TestContext.Current.CancellationToken);

        Assert.Equal($"{pipe}: the file is empty", error.Message);
    }

    [Fact]
    public void A_model_of_functions_without_a_graph_is_a_model()
    {
        byte[] file = new WireBytes().Int(1, 8).Message(25, new WireBytes().Text(1, "F")).ToArray();

        ModelProto model = OnnxReader.Read(file, "functions.onnx");

        Assert.False(model.HasGraph);
        Assert.Equal(file, RoundTripTests.Write(model));
    }
}
