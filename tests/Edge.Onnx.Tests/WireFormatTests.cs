using Xunit;

namespace Edge.Onnx.Tests;

/// <summary>Sound files, written by hand with the field numbers of onnx.proto: every form that protobuf allows.</summary>
public sealed class WireFormatTests
{
    [Fact]
    public void Fields_are_found_by_the_numbers_of_onnx_proto()
    {
        WireBytes attribute = new WireBytes().Text(1, "alpha").Float(2, 0.5f).Int(3, -7).Text(4, "s").Text(13, "doc").Int(20, 1).Text(21, "ref");
        WireBytes node = new WireBytes().Text(1, "x").Text(1, "").Text(2, "y").Text(3, "n").Text(4, "Relu").Message(5, attribute).Text(6, "doc").Text(7, "domain").Text(8, "overload");
        WireBytes tensor = new WireBytes().Int(1, 2).Int(1, 3).Int(2, 3).Text(8, "w").Bytes(9, [1, 2, 3, 4, 5, 6]).Text(12, "doc").Int(14, 0);
        WireBytes shape = new WireBytes().Message(1, new WireBytes().Int(1, 5)).Message(1, new WireBytes().Text(2, "N")).Message(1, new WireBytes());
        WireBytes type = new WireBytes().Message(1, new WireBytes().Int(1, 1).Message(2, shape));
        WireBytes graph = new WireBytes().Message(1, node).Text(2, "g").Message(5, tensor).Text(10, "doc")
            .Message(11, new WireBytes().Text(1, "x").Message(2, type)).Message(12, new WireBytes().Text(1, "y")).Message(13, new WireBytes().Text(1, "v"));
        WireBytes file = new WireBytes().Int(1, 8).Text(2, "producer").Text(3, "version").Text(4, "domain").Int(5, 9).Text(6, "doc").Message(7, graph)
            .Message(8, new WireBytes().Text(1, "ai.onnx.ml").Int(2, 3)).Message(14, new WireBytes().Text(1, "k").Text(2, "v")).Message(25, new WireBytes().Text(1, "F").Text(10, "d"));

        ModelProto model = OnnxReader.Read(file, "m.onnx");

        Assert.Equal((8, "producer", "version", "domain", 9, "doc"), (model.IrVersion, model.ProducerName, model.ProducerVersion, model.Domain, model.ModelVersion, model.DocString));
        Assert.Equal(("ai.onnx.ml", 3), (model.OpsetImports[0].Domain, model.OpsetImports[0].Version));
        Assert.Equal(("k", "v"), (model.MetadataProps[0].Key, model.MetadataProps[0].Value));
        Assert.Equal(("F", "d"), (model.Functions[0].Name, model.Functions[0].Domain));
        Assert.Equal(("g", "doc", "x", "y", "v"), (model.Graph.Name, model.Graph.DocString, model.Graph.Inputs[0].Name, model.Graph.Outputs[0].Name, model.Graph.ValueInfos[0].Name));
        NodeProto n = model.Graph.Nodes[0];
        Assert.Equal(["x", ""], n.Inputs);
        Assert.Equal(["y"], n.Outputs);
        Assert.Equal(("n", "Relu", "doc", "domain", "overload"), (n.Name, n.OpType, n.DocString, n.Domain, n.Overload));
        AttributeProto a = n.Attributes[0];
        Assert.Equal(("alpha", 0.5f, -7L, "doc", AttributeType.Float, "ref"), (a.Name, a.F, a.I, a.DocString, a.Type, a.RefAttrName));
        Assert.Equal("s"u8.ToArray(), a.S.ToArray());
        TensorProto t = model.Graph.Initializers[0];
        Assert.Equal([2L, 3L], t.Dims);
        Assert.Equal((ElementType.Int8, "w", "doc", DataLocation.Default), (t.ElementType, t.Name, t.DocString, t.DataLocation));
        Assert.Equal([1, 2, 3, 4, 5, 6], t.GetBytes().ToArray());
        List<DimensionProto> dims = model.Graph.Inputs[0].Type!.Tensor!.Shape!.Dims;
        Assert.Equal([(5L, null), (null, "N"), (null, null)], dims.Select(dim => (dim.Value, dim.Param)));
        Assert.Equal(file.ToArray(), RoundTripTests.Write(model));
    }

    [Fact]
    public void Repeated_numbers_are_read_packed_unpacked_and_mixed()
    {
        WireBytes tensor = new WireBytes().Int(1, 1).Bytes(1, [2, 3]).Int(1, 4)
            .Float(4, 1f).Bytes(4, BitConverter.GetBytes(2f)).Bytes(4, [])
            .Int(5, -1).Bytes(5, new WireBytes().Varint(unchecked((ulong)-2L)).Varint(300).ToArray())
            .Int(7, long.MinValue).Bytes(7, new WireBytes().Varint(5).ToArray())
            .Tag(10, 1).Raw(BitConverter.GetBytes(1.5)).Bytes(10, BitConverter.GetBytes(2.5))
            .Int(11, -1).Bytes(11, new WireBytes().Varint(7).ToArray());

        TensorProto read = OnnxReader.ReadTensor(tensor, "t.pb");

        Assert.Equal([1, 2, 3, 4], read.Dims);
        Assert.Equal([1f, 2f], read.FloatData);
        Assert.Equal([-1, -2, 300], read.Int32Data);
        Assert.Equal([long.MinValue, 5], read.Int64Data);
        Assert.Equal([1.5, 2.5], read.DoubleData);
        Assert.Equal([ulong.MaxValue, 7], read.UInt64Data);
    }

    [Fact]
    public void The_last_value_of_a_scalar_counts_and_parts_of_a_message_are_merged()
    {
        WireBytes file = new WireBytes().Int(1, 3).Int(1, 8)
            .Message(7, new WireBytes().Text(2, "first").Message(1, new WireBytes().Text(4, "Relu")))
            .Text(2, "p")
            .Message(7, new WireBytes().Text(2, "second").Message(1, new WireBytes().Text(4, "Tanh")));

        ModelProto model = OnnxReader.Read(file, "m.onnx");

        Assert.Equal(8, model.IrVersion);
        Assert.Equal("second", model.Graph.Name);
        Assert.Equal(["Relu", "Tanh"], model.Graph.Nodes.Select(node => node.OpType));
    }

    [Fact]
    public void The_last_kind_of_a_type_or_dimension_counts_and_the_same_kind_is_merged()
    {
        WireBytes sequence = new WireBytes().Message(4, new WireBytes());
        WireBytes value = new WireBytes().Text(1, "v")
            .Message(2, sequence)
            .Message(2, new WireBytes().Message(1, new WireBytes().Int(1, 1)))
            .Message(2, new WireBytes().Message(1, new WireBytes().Message(2, new WireBytes().Message(1, new WireBytes().Int(1, 4).Text(2, "N")).Message(1, new WireBytes().Text(2, "N").Int(1, 0)))));
        ModelProto model = OnnxReader.Read(Model(new WireBytes().Message(11, value)), "m.onnx");

        TypeProto type = model.Graph.Inputs[0].Type!;

        Assert.Null(type.Sequence);
        Assert.Equal(1, type.Tensor!.ElemType);
        Assert.Equal([(null, "N"), (0L, null)], type.Tensor.Shape!.Dims.Select(dim => (dim.Value, dim.Param)));
    }

    [Fact]
    public void Unknown_fields_of_every_wire_type_are_kept_byte_for_byte()
    {
        WireBytes unknown = new WireBytes().Int(100, 5).Tag(101, 1).Raw(1, 2, 3, 4, 5, 6, 7, 8).Text(102, "text").Float(103, 1f)
            .Tag(104, 3).Int(1, 5).Tag(105, 3).Tag(105, 4).Tag(104, 4);
        WireBytes graph = new WireBytes().Text(2, "g").Raw(unknown.ToArray());
        byte[] file = new WireBytes().Int(1, 8).Message(7, graph).Raw(unknown.ToArray()).ToArray();

        ModelProto model = OnnxReader.Read(file, "m.onnx");

        Assert.Equal(unknown.ToArray(), Assert.Single(model.UnknownFields).ToArray());
        Assert.Equal(unknown.ToArray(), Assert.Single(model.Graph.UnknownFields).ToArray());
        Assert.Equal(file, RoundTripTests.Write(model));
    }

    [Fact]
    public void Unknown_fields_between_known_ones_are_kept_in_their_order()
    {
        byte[] file = new WireBytes().Int(100, 1).Int(1, 8).Int(100, 2).Int(101, 3).Message(7, new WireBytes()).Int(100, 4).ToArray();

        ModelProto model = OnnxReader.Read(file, "m.onnx");

        Assert.Equal(3, model.UnknownFields.Count);
        Assert.Equal(new WireBytes().Int(1, 8).Message(7, new WireBytes()).Int(100, 1).Int(100, 2).Int(101, 3).Int(100, 4).ToArray(), RoundTripTests.Write(model));
    }

    [Fact]
    public void A_field_that_was_set_to_its_default_stays_set()
    {
        WireBytes node = new WireBytes().Text(3, "").Message(5, new WireBytes().Float(2, 0f).Int(3, 0).Text(4, ""));
        byte[] file = Model(new WireBytes().Message(1, node));

        ModelProto model = OnnxReader.Read(file, "m.onnx");
        AttributeProto attribute = model.Graph.Nodes[0].Attributes[0];

        Assert.True(attribute.Has(2) && attribute.Has(3) && attribute.Has(4));
        Assert.False(attribute.Has(1) || attribute.Has(20));
        Assert.Equal(file, RoundTripTests.Write(model));
    }

    [Fact]
    public void Longer_forms_of_a_number_are_read_as_the_number()
    {
        WireBytes file = new WireBytes().Tag(1, 0).Raw(0x88, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00).Message(7, new WireBytes());

        Assert.Equal(8, OnnxReader.Read(file, "m.onnx").IrVersion);
    }

    [Fact]
    public void Byte_fields_are_views_of_what_was_given()
    {
        byte[] bytes = new WireBytes().Int(1, 4).Int(2, 2).Bytes(9, [1, 2, 3, 4]).ToArray();
        TensorProto tensor = OnnxReader.ReadTensor(bytes, "t.pb");

        bytes[^1] = 9;

        Assert.Equal([1, 2, 3, 9], tensor.GetBytes().ToArray());
    }

    internal static byte[] Model(WireBytes graph) => new WireBytes().Int(1, 8).Message(7, graph).ToArray();
}
