using Xunit;

namespace Edge.Onnx.Tests;

/// <summary>Mapped models and their external data, sound and hostile.</summary>
public sealed class OnnxFileTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("edge-onnx-");
    private readonly string _folder;

    public OnnxFileTests()
    {
        _folder = _root.CreateSubdirectory("model").FullName;
        File.WriteAllBytes(Path.Combine(_folder, "weights.bin"), [.. Enumerable.Range(0, 100).Select(i => (byte)i)]);
        File.WriteAllBytes(Path.Combine(_root.FullName, "secret.bin"), new byte[100]);
    }

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Raw_data_of_a_mapped_model_are_views_of_one_mapping()
    {
        TensorProto first = Embedded("a", 1, 2, 3);
        TensorProto second = Embedded("b", 4, 5);
        using OnnxFile file = Open(first, second);
        List<TensorProto> read = file.Model.Graph.Initializers;

        Assert.Equal([1, 2, 3], file.GetBytes(read[0]).ToArray());
        Assert.Equal([4, 5], read[1].GetBytes().ToArray());
        Assert.True(file.GetBytes(read[0]).Span.Overlaps(read[0].RawData.Span));
        Assert.Equal(new FileInfo(file.FilePath).Length, file.Length);
    }

    [Fact]
    public void Pages_that_were_given_back_come_again()
    {
        using OnnxFile file = Open(Embedded("a", 1, 2, 3), External("w", 10, ("location", "weights.bin")));
        List<TensorProto> read = file.Model.Graph.Initializers;
        byte[] external = file.GetBytes(read[1]).ToArray();

        file.ReleasePages();

        Assert.Equal([1, 2, 3], file.GetBytes(read[0]).ToArray());
        Assert.Equal(external, file.GetBytes(read[1]).ToArray());
        Assert.Equal(new FileInfo(Path.Combine(_folder, "weights.bin")).Length, file.ExternalBytes().Sum(part => part.Length));
    }

    [Fact]
    public void A_mapped_model_can_be_replaced_while_it_is_open()
    {
        using OnnxFile file = Open(Embedded("a", 1, 2, 3));
        ModelProto other = Model(Embedded("a", 7, 8, 9));

        OnnxWriter.Save(other, file.FilePath);

        using OnnxFile replaced = OnnxFile.Open(file.FilePath);
        Assert.Equal([1, 2, 3], file.Model.Graph.Initializers[0].GetBytes().ToArray());
        Assert.Equal([7, 8, 9], replaced.Model.Graph.Initializers[0].GetBytes().ToArray());
    }

    [Fact]
    public void A_memory_of_a_closed_file_is_refused_not_a_crash()
    {
        OnnxFile file = Open(Embedded("a", 1, 2, 3), External("w", 10, ("location", "weights.bin")));
        ReadOnlyMemory<byte> embedded = file.GetBytes(file.Model.Graph.Initializers[0]);
        ReadOnlyMemory<byte> external = file.GetBytes(file.Model.Graph.Initializers[1]);
        TensorProto tensor = file.Model.Graph.Initializers[1];

        file.Dispose();
        file.Dispose();

        Assert.Throws<ObjectDisposedException>(() => embedded.ToArray());
        Assert.Throws<ObjectDisposedException>(() => external.ToArray());
        Assert.Throws<ObjectDisposedException>(() => file.GetBytes(tensor));
    }

    [Fact]
    public void External_elements_are_read_at_their_offset_from_a_mapping_they_share()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "deep", "er"));
        File.WriteAllBytes(Path.Combine(_folder, "deep", "er", "w.bin"), [9, 8, 7]);
        using OnnxFile file = Open(
            External("all", 100, ("location", "weights.bin")),
            External("part", 4, ("location", "./weights.bin"), ("offset", "10"), ("length", "4"), ("future", "x")),
            External("last", 4, ("location", "weights.bin"), ("offset", "96")),
            External("deep", 3, ("location", "deep/er//w.bin")),
            External("none", 0, ("location", "weights.bin"), ("offset", "100")));
        List<TensorProto> tensors = file.Model.Graph.Initializers;

        Assert.Equal([10, 11, 12, 13], file.GetBytes(tensors[1]).ToArray());
        Assert.Equal([96, 97, 98, 99], file.GetBytes(tensors[2]).ToArray());
        Assert.Equal([9, 8, 7], file.GetBytes(tensors[3]).ToArray());
        Assert.Equal(0, file.GetBytes(tensors[4]).Length);
        Assert.True(file.GetBytes(tensors[0]).Span.Overlaps(file.GetBytes(tensors[1]).Span, out int offset));
        Assert.Equal(10, offset);
    }

    [Fact]
    public void A_checksum_is_verified()
    {
        const string sha1 = "1e6634bfaebc0348298105923d0f26e47aa33ff5"; // printf of the bytes 0 to 99 | sha1sum
        using OnnxFile file = Open(
            External("right", 100, ("location", "weights.bin"), ("checksum", sha1.ToUpperInvariant())),
            External("wrong", 100, ("location", "weights.bin"), ("checksum", new string('0', 40))));

        Assert.Equal(100, file.GetBytes(file.Model.Graph.Initializers[0]).Length);
        Assert.Contains("has the SHA-1 checksum " + sha1, Refused(file, 1), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../secret.bin", "leads out of the model's folder")]
    [InlineData("sub/../../secret.bin", "leads out of the model's folder")]
    [InlineData("..", "leads out of the model's folder")]
    [InlineData("/etc/passwd", "is absolute; it must be inside the model's folder")]
    [InlineData("//etc/passwd", "is absolute; it must be inside the model's folder")]
    [InlineData("..\\secret.bin", "has a backslash, colon or null character; its parts are separated by '/'")]
    [InlineData("C:secret.bin", "has a backslash, colon or null character; its parts are separated by '/'")]
    [InlineData("weights.bin\0.txt", "has a backslash, colon or null character; its parts are separated by '/'")]
    public void A_location_outside_the_models_folder_is_refused(string location, string problem)
    {
        using OnnxFile file = Open(External("w", 10, ("location", location)));

        Assert.EndsWith(problem, Refused(file, 0), StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_is_refused_wherever_it_is_in_the_location_and_wherever_it_leads()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "real"));
        File.WriteAllBytes(Path.Combine(_folder, "real", "w.bin"), new byte[10]);
        File.CreateSymbolicLink(Path.Combine(_folder, "out.bin"), Path.Combine(_root.FullName, "secret.bin"));
        File.CreateSymbolicLink(Path.Combine(_folder, "in.bin"), "weights.bin");
        File.CreateSymbolicLink(Path.Combine(_folder, "dangling.bin"), "nowhere.bin");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "up"), _root.FullName);
        Directory.CreateSymbolicLink(Path.Combine(_folder, "side"), Path.Combine(_folder, "real"));
        string[] locations = ["out.bin", "in.bin", "dangling.bin", "up/secret.bin", "side/w.bin"];
        using OnnxFile file = Open([.. locations.Select(location => External(location, 10, ("location", location)))]);

        for (int i = 0; i < locations.Length; i++)
            Assert.Contains("goes through a link", Refused(file, i), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_is_itself_reached_through_a_link_may_have_external_data_beside_that_link()
    {
        using (Open(External("w", 10, ("location", "weights.bin"))))
        {
        }
        Directory.CreateSymbolicLink(Path.Combine(_root.FullName, "current"), _folder);

        using OnnxFile file = OnnxFile.Open(Path.Combine(_root.FullName, "current", "model.onnx"));

        Assert.Equal(10, file.GetBytes(file.Model.Graph.Initializers[0]).Length);
    }

    [Fact]
    public void External_data_that_do_not_match_are_refused_with_the_numbers()
    {
        using OnnxFile file = Open(
            External("range", 10, ("location", "weights.bin"), ("offset", "91")),
            External("offset", 10, ("location", "weights.bin"), ("offset", "9223372036854775807")),
            External("length", 10, ("location", "weights.bin"), ("length", "11")),
            External("negative", 10, ("location", "weights.bin"), ("offset", "-1")),
            External("word", 10, ("location", "weights.bin"), ("length", "ten")),
            External("nowhere", 10),
            External("missing", 10, ("location", "missing.bin")),
            External("folder", 10, ("location", ".")),
            External("huge", 5_000_000_000, ("location", "weights.bin")));

        Assert.EndsWith("its elements are bytes 91 to 101 of 'weights.bin', which has 100", Refused(file, 0), StringComparison.Ordinal);
        Assert.EndsWith("its elements are bytes 9,223,372,036,854,775,807 to 9,223,372,036,854,775,817 of 'weights.bin', which has 100", Refused(file, 1), StringComparison.Ordinal);
        Assert.EndsWith("external_data has length 11, the shape needs 10 bytes", Refused(file, 2), StringComparison.Ordinal);
        Assert.EndsWith("external_data's offset is '-1', not a number of bytes", Refused(file, 3), StringComparison.Ordinal);
        Assert.EndsWith("external_data's length is 'ten', not a number of bytes", Refused(file, 4), StringComparison.Ordinal);
        Assert.EndsWith("external_data has no location", Refused(file, 5), StringComparison.Ordinal);
        Assert.EndsWith("external data 'missing.bin' of tensor 'missing': there is no such file", Refused(file, 6), StringComparison.Ordinal);
        Assert.EndsWith("external data '.' of tensor 'folder': it is a folder, not a file", Refused(file, 7), StringComparison.Ordinal);
        Assert.EndsWith("5,000,000,000 bytes are more than the 2,147,483,647 that a tensor may have", Refused(file, 8), StringComparison.Ordinal);
    }

    private static string Refused(OnnxFile file, int tensor)
    {
        string message = Assert.Throws<ModelException>(() => file.GetBytes(file.Model.Graph.Initializers[tensor])).Message;
        Assert.StartsWith(file.FilePath + ": ", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        return message;
    }

    private static TensorProto Embedded(string name, params byte[] bytes) =>
        new() { Name = name, DataType = (int)ElementType.UInt8, Dims = [bytes.Length], RawData = bytes };

    private static TensorProto External(string name, long length, params (string Key, string Value)[] entries) => new()
    {
        Name = name,
        DataType = (int)ElementType.UInt8,
        Dims = [length],
        DataLocation = DataLocation.External,
        ExternalData = [.. entries.Select(entry => new StringStringEntryProto { Key = entry.Key, Value = entry.Value })],
    };

    private static ModelProto Model(params TensorProto[] initializers) => new() { IrVersion = 8, Graph = new GraphProto { Initializers = [.. initializers] } };

    private OnnxFile Open(params TensorProto[] initializers)
    {
        string path = Path.Combine(_folder, "model.onnx");
        OnnxWriter.Save(Model(initializers), path);
        return OnnxFile.Open(path);
    }
}
