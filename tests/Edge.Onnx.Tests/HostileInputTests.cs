using Xunit;

namespace Edge.Onnx.Tests;

/// <summary>What is not sound ends in one line that names file, message and offset.</summary>
public sealed class HostileInputTests
{
    public static TheoryData<string, byte[]> Malformed() => new()
    {
        { "m.onnx: graph: length 4000000000 at offset 3 exceeds the 3 bytes that are left", new WireBytes().Int(1, 8).Lie(7, 4_000_000_000).Raw(1, 2, 3).ToArray() },
        { "m.onnx: graph: length 18446744073709551615 at offset 3 exceeds the 0 bytes that are left", new WireBytes().Int(1, 8).Lie(7, ulong.MaxValue).ToArray() },
        { "m.onnx: graph.node[1].attribute[1].t.raw_data: length 5 at offset 15 exceeds the 2 bytes that are left", Nested(new WireBytes().Lie(9, 5).Raw(0, 0)) },
        { "m.onnx: graph.node[1].attribute[1].t.data_type: a number is cut short at offset 15", Nested(new WireBytes().Tag(2, 0).Raw(0x80)) },
        { "m.onnx: graph.node[1].attribute[1].t.data_type: a number has more than 64 bits at offset 15", Nested(new WireBytes().Tag(2, 0).Raw(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02)) },
        { "m.onnx: graph.node[1].attribute[1].t.data_type: a number has more than 64 bits at offset 15", Nested(new WireBytes().Tag(2, 0).Raw(0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01)) },
        { "m.onnx: graph.node[1].attribute[1].t.name: the text is not valid UTF-8 at offset 16", Nested(new WireBytes().Bytes(8, [0xC3, 0x28])) },
        { "m.onnx: graph.node[1].attribute[1].t.name: wire type 0 (Varint) instead of 2 (LengthDelimited) at offset 14", Nested(new WireBytes().Int(8, 1)) },
        { "m.onnx: graph.node[1].attribute[1].t.data_type: wire type 2 (LengthDelimited) instead of 0 (Varint) at offset 14", Nested(new WireBytes().Text(2, "x")) },
        { "m.onnx: graph.node[1].attribute[1].t.float_data: a packed list of 5 bytes is not a multiple of 4 at offset 15", Nested(new WireBytes().Bytes(4, [1, 2, 3, 4, 5])) },
        { "m.onnx: graph.node[1].attribute[1].t.double_data: a packed list of 4 bytes is not a multiple of 8 at offset 15", Nested(new WireBytes().Bytes(10, [1, 2, 3, 4])) },
        { "m.onnx: graph.node[1].attribute[1].t.int64_data: the last number of a packed list is cut short at offset 15", Nested(new WireBytes().Bytes(7, [1, 0x80])) },
        { "m.onnx: graph.node[1].attribute[1].t.float_data: 4 bytes are needed, 2 are left at offset 15", Nested(new WireBytes().Tag(4, 5).Raw(0, 0)) },
        { "m.onnx: graph.node[1].attribute[1].t: 0 is not a field number at offset 14", Nested(new WireBytes().Raw(0x00, 0x00)) },
        { "m.onnx: graph.node[1].attribute[1].t: 536870912 is not a field number at offset 14", Nested(new WireBytes().Tag(536_870_912, 0).Raw(0)) },
        { "m.onnx: graph.node[1].attribute[1].t: wire type 7 of field 2 does not exist at offset 14", Nested(new WireBytes().Tag(2, 7)) },
        { "m.onnx: graph.node[1].attribute[1].t: group 100 ends but never began at offset 14", Nested(new WireBytes().Tag(100, 4)) },
        { "m.onnx: graph.node[1].attribute[1].t.group 100: the group does not end at offset 14", Nested(new WireBytes().Tag(100, 3).Int(1, 1)) },
        { "m.onnx: graph.node[1].attribute[1].t.group 100: the group ends as group 101 at offset 16", Nested(new WireBytes().Tag(100, 3).Tag(101, 4)) },
        { "m.onnx: graph.node[1].attribute[1].t: length 9 at offset 16 exceeds the 0 bytes that are left", Nested(new WireBytes().Lie(100, 9)) },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void What_is_malformed_is_named_with_its_place(string message, byte[] file)
    {
        ModelException error = Assert.Throws<ModelException>(() => OnnxReader.Read(file, "m.onnx"));

        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void A_list_that_exceeds_its_message_is_refused_even_where_the_file_goes_on()
    {
        byte[] file = new WireBytes().Int(1, 8).Message(7, new WireBytes().Lie(2, 10)).Text(2, "0123456789").ToArray();

        Assert.Equal("m.onnx: graph.name: length 10 at offset 5 exceeds the 0 bytes that are left",
            Assert.Throws<ModelException>(() => OnnxReader.Read(file, "m.onnx")).Message);
    }

    [Theory]
    [InlineData(34, true)]
    [InlineData(35, false)]
    public void Nested_graphs_are_read_down_to_the_limit_and_not_beyond(int levels, bool sound)
    {
        // Level 1 is the model's graph; each further one takes a node and an attribute: 3 * levels - 2 messages.
        WireBytes graph = new();
        for (int i = 1; i < levels; i++) graph = new WireBytes().Message(1, new WireBytes().Message(5, new WireBytes().Message(6, graph)));
        byte[] file = WireFormatTests.Model(graph);

        if (sound) Assert.Equal(file, RoundTripTests.Write(OnnxReader.Read(file, "m.onnx")));
        else Assert.Contains("messages are nested deeper than 100 levels", Assert.Throws<ModelException>(() => OnnxReader.Read(file, "m.onnx")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nested_types_and_groups_are_bounded_too()
    {
        WireBytes type = new();
        for (int i = 0; i < 1_000; i++) type = new WireBytes().Message(i % 2 == 0 ? 1 : 4, type);
        byte[] nested = WireFormatTests.Model(new WireBytes().Message(11, new WireBytes().Message(2, type)));
        byte[] groups = new WireBytes().Int(1, 8).Repeat(1_000_000, wire => wire.Tag(100, 3)).ToArray();

        Assert.Contains("nested deeper", Assert.Throws<ModelException>(() => OnnxReader.Read(nested, "m.onnx")).Message, StringComparison.Ordinal);
        Assert.Contains("nested deeper", Assert.Throws<ModelException>(() => OnnxReader.Read(groups, "m.onnx")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_depth_limit_is_the_callers()
    {
        byte[] file = WireFormatTests.Model(new WireBytes().Message(1, new WireBytes()));

        Assert.NotNull(OnnxReader.Read(file, "m.onnx", new OnnxLimits { MaxDepth = 2 }));
        Assert.Equal("m.onnx: graph.node: messages are nested deeper than 1 levels at offset 5",
            Assert.Throws<ModelException>(() => OnnxReader.Read(file, "m.onnx", new OnnxLimits { MaxDepth = 1 })).Message);
    }

    [Fact]
    public void The_deepest_limit_fits_a_small_stack()
    {
        // The message in the middle is 1,000 deep: graph, value info, then types in types.
        WireBytes type = new();
        for (int i = 0; i < 997; i++) type = new WireBytes().Message(i % 2 == 0 ? 1 : 4, type);
        byte[] file = WireFormatTests.Model(new WireBytes().Message(11, new WireBytes().Message(2, type)));
        ModelProto? model = null;
        Thread small = new(() => model = OnnxReader.Read(file, "m.onnx", new OnnxLimits { MaxDepth = 1000 }), maxStackSize: 512 * 1024);

        small.Start();
        small.Join();

        Assert.NotNull(model);
    }

    /// <summary>A tensor in the second attribute of the second node; its first byte is at offset 14.</summary>
    private static byte[] Nested(WireBytes tensor)
    {
        WireBytes attribute = new WireBytes().Message(5, tensor);
        WireBytes node = new WireBytes().Message(5, new WireBytes()).Message(5, attribute);
        return WireFormatTests.Model(new WireBytes().Message(1, new WireBytes()).Message(1, node));
    }
}
