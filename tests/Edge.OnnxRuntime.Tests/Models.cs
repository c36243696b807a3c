using Edge.Onnx;
using Edge.Tensors;
using Edge.Testing;

namespace Edge.OnnxRuntime.Tests;

/// <summary>Models small enough to check by hand.</summary>
internal static class Models
{
    /// <summary>y = relu(relu(x) · −2 + 1), in four nodes.</summary>
    public static byte[] Chain() => new OnnxGraphBuilder()
        .Input("x", DataType.Float32, 1, 4)
        .Initializer("two", new[] { -2f })
        .Initializer("one", new[] { 1f })
        .Node("Relu", ["x"], ["a"])
        .Node("Mul", ["a", "two"], ["b"])
        .Node("Add", ["b", "one"], ["c"])
        .Node("Relu", ["c"], ["y"])
        .Output("y", DataType.Float32, 1, 4)
        .ToBytes();

    public static Tensor Input { get; } = Row(-1, 0.25f, 0.5f, 3);

    /// <summary>What <see cref="Chain"/> makes of <see cref="Input"/>.</summary>
    public static float[] Output { get; } = [1, 0.5f, 0, 0];

    public static byte[] Relus() => new OnnxGraphBuilder()
        .Input("x", DataType.Float32, 1, 4)
        .Node("Relu", ["x"], ["y"])
        .Output("y", DataType.Float32, 1, 4)
        .ToBytes();

    public static byte[] Sum() => new OnnxGraphBuilder()
        .Input("x", DataType.Float32, 1, 4)
        .Node("Add", ["x", "x"], ["y"])
        .Output("y", DataType.Float32, 1, 4)
        .ToBytes();

    /// <summary>A layer like those of quantized models.</summary>
    public static byte[] Quantized() => new OnnxGraphBuilder()
        .Input("x", DataType.Float32, 1, 4)
        .Initializer("s", new[] { 0.1f })
        .Initializer("z", new sbyte[] { 0 })
        .Node("QuantizeLinear", ["x", "s", "z"], ["q"])
        .Node("DequantizeLinear", ["q", "s", "z"], ["y"])
        .Output("y", DataType.Float32, 1, 4)
        .ToBytes();

    public static Tensor Row(params float[] values)
    {
        var t = Tensor.Create(DataType.Float32, new Shape(1, values.Length));
        values.CopyTo(t.AsSpan<float>());
        return t;
    }
}
