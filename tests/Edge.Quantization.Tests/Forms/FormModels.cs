using Edge.Onnx;
using Edge.Tensors;
using Edge.Testing;

namespace Edge.Quantization.Tests.Forms;

/// <summary>Small networks of layers that have no static integer form, or whose weights are most of what they are.</summary>
internal static class FormModels
{
    /// <summary>Two products of the same activation, one with a bias, then a third: <c>x[1,6,32] → [1,6,16]</c> and <c>[1,6,48]</c>.</summary>
    public static ModelProto Dense() => new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 6, 32)
        .Initializer("w1", W(32 * 64, 1), 32, 64).Initializer("b1", W(64, 2), 64).Initializer("w2", W(64 * 16, 3), 64, 16).Initializer("w3", W(32 * 48, 4), 32, 48)
        .Node("MatMul", ["x", "w1"], ["h"]).Node("Add", ["b1", "h"], ["hb"]).Node("Relu", ["hb"], ["r"]).Node("MatMul", ["r", "w2"], ["y"])
        .Node("MatMul", ["x", "w3"], ["z"]).Output("y", DataType.Float32, 1, 6, 16).Output("z", DataType.Float32, 1, 6, 48).Build();

    public static ModelProto Recurrent(string opType, bool bidirectional, int opset = 14)
    {
        (int gates, int directions) = (opType == "LSTM" ? 4 : opType == "GRU" ? 3 : 1, bidirectional ? 2 : 1);
        const int Inputs = 20, Hidden = 24;
        OnnxGraphBuilder b = new OnnxGraphBuilder(opset).Input("x", DataType.Float32, 7, 1, Inputs)
            .Initializer("w", W(directions * gates * Hidden * Inputs, 5), directions, gates * Hidden, Inputs)
            .Initializer("r", W(directions * gates * Hidden * Hidden, 6, 0.2), directions, gates * Hidden, Hidden)
            .Initializer("b", W(directions * 2 * gates * Hidden, 7, 0.1), directions, 2 * gates * Hidden);
        List<AttributeProto> attributes = [AttributeProto.Of("hidden_size", (long)Hidden), AttributeProto.Of("direction", bidirectional ? "bidirectional" : "forward")];
        if (opType == "GRU") attributes.Add(AttributeProto.Of("linear_before_reset", 1L));
        return b.Node(opType, ["x", "w", "r", "b"], ["y", "last"], [.. attributes])
            .Output("y", DataType.Float32, 7, directions, 1, Hidden).Output("last", DataType.Float32, directions, 1, Hidden).Build();
    }

    /// <summary>Convolutions with a depthwise one between, then a Gemm with everything that a Gemm may have.</summary>
    public static ModelProto Convolutional() => new OnnxGraphBuilder(13).Input("x", DataType.Float32, 1, 3, 9, 9)
        .Initializer("w1", W(64 * 3 * 9, 1), 64, 3, 3, 3).Initializer("b1", W(64, 2), 64)
        .Initializer("w2", W(64 * 9, 3), 64, 1, 3, 3).Initializer("w3", W(40 * 64, 4), 40, 64, 1, 1)
        .Initializer("w4", W(10 * 40, 5), 10, 40).Initializer("b4", W(10, 6), 1, 10)
        .Node("Conv", ["x", "w1", "b1"], ["c1"]).Node("Relu", ["c1"], ["r1"])
        .Node("Conv", ["r1", "w2"], ["c2"], AttributeProto.Of("group", 64L)).Node("Relu", ["c2"], ["r2"]).Node("Conv", ["r2", "w3"], ["c3"])
        .Node("GlobalAveragePool", ["c3"], ["p"]).Node("Flatten", ["p"], ["f"])
        .Node("Gemm", ["f", "w4", "b4"], ["y"], AttributeProto.Of("transB", 1L), AttributeProto.Of("alpha", 0.5f), AttributeProto.Of("beta", 2f))
        .Output("y", DataType.Float32, 1, 10).Build();

    /// <summary>Embeddings, and the same table, transposed, at the end.</summary>
    public static ModelProto Embedding() => new OnnxGraphBuilder(13).Input("ids", DataType.Int64, 1, 5)
        .Initializer("table", W(50 * 32, 8), 50, 32).Initializer("w", W(32 * 32, 9), 32, 32)
        .Node("Gather", ["table", "ids"], ["e"]).Node("MatMul", ["e", "w"], ["h"]).Node("MatMul", ["h", "w"], ["y"])
        .Output("y", DataType.Float32, 1, 5, 32).Build();

    public static float[] W(int n, int seed, double deviation = 0.3) => Samples.NormalTensor(new Shape(n), seed, 0, deviation).AsSpan<float>().ToArray();
}
