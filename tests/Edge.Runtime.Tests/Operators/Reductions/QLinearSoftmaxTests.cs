using Edge.Onnx;
using Edge.OnnxRuntime;
using Edge.Tensors;
using Edge.Testing;
using Xunit;

namespace Edge.Runtime.Tests.Operators.Reductions;

public class QLinearSoftmaxTests
{
    [Theory]
    [InlineData(DataType.UInt8, 13, -1)]
    [InlineData(DataType.Int8, 13, 1)]
    [InlineData(DataType.UInt8, 11, 1)]
    public void It_agrees_with_ONNX_Runtime_within_one_step(DataType type, long opset, long axis)
    {
        var x = Tensor.Create(type, new Shape(3, 7, 5));
        new Random(1).NextBytes(x.Bytes);
        var graph = new OnnxGraphBuilder().Opset("com.microsoft", 1).Input("x", type, [3, 7, 5])
            .Initializer("xs", [0.06f]).Initializer("ys", [1f / 256]);
        if (type == DataType.Int8) graph.Initializer("xz", [(sbyte)-20]).Initializer("yz", [(sbyte)-128]);
        else graph.Initializer("xz", [(byte)100]).Initializer("yz", [(byte)0]);
        var proto = graph.Node("com.microsoft", "QLinearSoftmax", ["x", "xs", "xz", "ys", "yz"], ["y"], AttributeProto.Of("axis", axis), AttributeProto.Of("opset", opset))
            .Output("y", type, [3, 7, 5]).Build();

        using var stream = new MemoryStream();
        OnnxWriter.Write(proto, stream);
        using var oracle = OnnxRuntimeSession.Load(stream.ToArray(), "test");
        using var session = new InferenceSession(Model.FromProto(proto, "test"));
        var expected = oracle.Run(x)[0];
        var actual = session.Run(x)[0];
        for (int i = 0; i < actual.Count; i++)
            Assert.InRange(Value(actual, i) - Value(expected, i), -1, 1);
    }

    private static int Value(Tensor t, int i) => t.Type == DataType.Int8 ? t.AsSpan<sbyte>()[i] : t.Bytes[i];
}
