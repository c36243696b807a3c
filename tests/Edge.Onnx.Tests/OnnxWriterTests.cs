using Xunit;

namespace Edge.Onnx.Tests;

/// <summary>Writing: whole files or none, and clear refusals.</summary>
public sealed class OnnxWriterTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edge-onnx-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_saved_model_replaces_the_file_and_leaves_nothing_beside_it()
    {
        string path = Path.Combine(_folder.FullName, "model.onnx");
        File.WriteAllText(path, "before");

        OnnxWriter.Save(Small("after"), path);

        Assert.Equal(RoundTripTests.Write(Small("after")), File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder.FullName));
    }

    [Fact]
    public void A_relative_path_is_saved_in_the_current_folder()
    {
        string path = Path.GetRelativePath(Environment.CurrentDirectory, Path.Combine(_folder.FullName, "model.onnx"));

        OnnxWriter.Save(Small("x"), path);

        Assert.True(File.Exists(Path.Combine(_folder.FullName, "model.onnx")));
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_named()
    {
        string missing = Path.Combine(_folder.FullName, "missing", "model.onnx");
        string file = Path.Combine(_folder.FullName, "file");
        File.WriteAllText(file, "");
        string inFile = Path.Combine(file, "model.onnx");

        Assert.Equal($"cannot write '{missing}': there is no folder '{Path.GetDirectoryName(missing)}'", Refused(Small("x"), missing));
        Assert.Equal($"cannot write '{_folder.FullName}': it is a folder", Refused(Small("x"), _folder.FullName));
        Assert.Equal($"cannot write '{inFile}': there is no folder '{file}'", Refused(Small("x"), inFile));
    }

    [Fact]
    public void A_rename_that_fails_leaves_neither_the_file_nor_a_part_of_it()
    {
        string tooLong = Path.Combine(_folder.FullName, new string('n', 300));

        Assert.StartsWith($"cannot write '{tooLong}': ", Refused(Small("x"), tooLong), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.FullName));
    }

    [Fact]
    public void A_folder_that_refuses_new_files_is_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc is a folder that refuses files, also root's, on Linux only");

        Assert.StartsWith("cannot write '/proc/model.onnx': ", Refused(Small("x"), "/proc/model.onnx"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_cannot_be_encoded_leaves_what_was_there()
    {
        string path = Path.Combine(_folder.FullName, "model.onnx");
        File.WriteAllText(path, "before");

        Assert.Equal("name '\ud800' cannot be written: it has half a surrogate pair", Refused(Small("\ud800"), path));

        Assert.Equal("before", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder.FullName));
    }

    [Fact]
    public void A_model_of_more_than_2_GB_is_refused_before_a_byte_is_written()
    {
        ModelProto model = Large(2);
        using CountingStream stream = new();

        string message = Assert.Throws<ModelException>(() => OnnxWriter.Write(model, stream)).Message;

        Assert.Matches("^the model takes 2,400,000,0.. bytes, more than the 2,147,483,647 that an ONNX file may have; move weights to external data$", message);
        Assert.Equal(0, stream.Count);
    }

    [Fact]
    public void A_model_of_more_than_1_GB_is_written_in_its_length()
    {
        ModelProto model = Large(1);
        using CountingStream stream = new();

        OnnxWriter.Write(model, stream);

        Assert.Equal(OnnxWriter.Measure(model), stream.Count);
        Assert.InRange(stream.Count, 1_200_000_000, 1_200_000_100);
    }

    [Fact]
    public void A_model_that_contains_itself_is_refused()
    {
        ModelProto model = Small("x");
        model.Graph.Nodes.Add(new NodeProto { Attributes = [AttributeProto.Of("body", model.Graph)] });

        string message = Assert.Throws<ModelException>(() => RoundTripTests.Write(model)).Message;

        Assert.Equal("the model cannot be written: its messages are nested deeper than 100 levels (at 'node')", message);
    }

    [Fact]
    public void What_was_never_set_is_not_written_and_what_was_set_is()
    {
        Assert.Empty(RoundTripTests.Write(new ModelProto()));
        Assert.Equal([8, 0], RoundTripTests.Write(new ModelProto { IrVersion = 0 }));
        Assert.Equal([0x12, 0], RoundTripTests.Write(new ModelProto { ProducerName = "" }));

        ModelProto touched = new();
        Assert.Empty(touched.Graph.Nodes);
        Assert.Equal([0x3A, 0], RoundTripTests.Write(touched));
    }

    private static ModelProto Small(string name) => new() { IrVersion = 8, Graph = new GraphProto { Name = name } };

    /// <summary>Tensors of 1.2 GB that share one array, of which no page is ever touched.</summary>
    private static ModelProto Large(int tensors)
    {
        byte[] raw = GC.AllocateUninitializedArray<byte>(1_200_000_000);
        ModelProto model = Small("large");
        for (int i = 0; i < tensors; i++) model.Graph.Initializers.Add(new TensorProto { DataType = 2, Dims = [raw.Length], RawData = raw });
        return model;
    }

    private static string Refused(ModelProto model, string path) => Assert.Throws<ModelException>(() => OnnxWriter.Save(model, path)).Message;

    private sealed class CountingStream : Stream
    {
        public long Count { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Count;

        public override long Position { get => Count; set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Count += count;

        public override void Write(ReadOnlySpan<byte> buffer) => Count += buffer.Length;
    }
}
