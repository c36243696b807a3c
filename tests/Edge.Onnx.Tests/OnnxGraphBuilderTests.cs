using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Onnx.Tests;

public sealed class OnnxGraphBuilderTests
{
    [Fact]
    public void A_built_model_reads_back_as_it_was_written_down()
    {
        byte[] bytes = new OnnxGraphBuilder(opset: 17)
            .Input("x", DataType.Float32, "N", 3, -1)
            .Input("z", DataType.Int8, new long[] { 2, 2 })
            .Initializer("slope", new float[] { 0.1f }, 1)
            .Initializer("axis", [3L])
            .Node("PRelu", ["x", "slope"], ["y"], AttributeProto.Of("ints", 1L, 2L), AttributeProto.Of("f", 0.5f), AttributeProto.Of("s", "text"))
            .Node("com.microsoft", "QLinearAdd", ["y", ""], ["w"])
            .Output("w", DataType.Float32, "N", 3, -1)
            .Output("y")
            .ToBytes();

        ModelProto model = OnnxReader.Read(bytes, "built.onnx");
        GraphProto graph = model.Graph;

        Assert.Equal([("", 17L), ("com.microsoft", 1L)], model.OpsetImports.Select(opset => (opset.Domain, opset.Version)));
        List<DimensionProto> dims = graph.Inputs[0].Type!.Tensor!.Shape!.Dims;
        Assert.Equal([(null, "N"), (3L, null), (null, null)], dims.Select(dim => (dim.Value, dim.Param)));
        Assert.Equal([2L, 2L], graph.Inputs[1].Type!.Tensor!.Shape!.Dims.Select(dim => dim.Value!.Value));
        Assert.Equal((int)ElementType.Int8, graph.Inputs[1].Type!.Tensor!.ElemType);
        Assert.Equal([1L], graph.Initializers[0].Dims);
        Assert.Equal(BitConverter.GetBytes(0.1f), graph.Initializers[0].RawData.ToArray());
        Assert.Empty(graph.Initializers[1].Dims);
        Assert.Equal((int)ElementType.Int64, graph.Initializers[1].DataType);
        Assert.Equal([1L, 2L], graph.Nodes[0].Attributes[0].Ints);
        Assert.Equal(0.5f, graph.Nodes[0].Attributes[1].F);
        Assert.Equal("text"u8.ToArray(), graph.Nodes[0].Attributes[2].S.ToArray());
        Assert.Equal("com.microsoft", graph.Nodes[1].Domain);
        Assert.Equal(["y", ""], graph.Nodes[1].Inputs);
        Assert.Null(graph.Outputs[1].Type);
    }
}
