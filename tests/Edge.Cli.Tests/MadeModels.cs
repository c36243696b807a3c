using Edge.Onnx;
using Edge.Tensors;
using Edge.Testing;

namespace Edge.Cli.Tests;

/// <summary>Small models for tests.</summary>
internal static class MadeModels
{
    /// <summary>A classifier of 8×8 RGB pictures: class 0 scores red, class 1 green, class 2 blue. The output is logits [1, 3].</summary>
    public static byte[] Colors()
    {
        var w = new float[3 * 3 * 8 * 8];
        for (int c = 0; c < 3; c++) w.AsSpan((c * 3 + c) * 64, 64).Fill(1f / 64);
        return new OnnxGraphBuilder()
            .Input("image", DataType.Float32, 1, 3, 8, 8)
            .Initializer("w", w, 3, 3, 8, 8)
            .Node("Conv", ["image", "w"], ["means"])
            .Node("Flatten", ["means"], ["scores"])
            .Output("scores", DataType.Float32, 1, 3)
            .ToBytes();
    }

    /// <summary>An operator that nobody has.</summary>
    public static byte[] WithUnknownOperator() => new OnnxGraphBuilder()
        .Input("x", DataType.Float32, 1, 4)
        .Node("Frobnicate", ["x"], ["y"])
        .Output("y", DataType.Float32, 1, 4)
        .ToBytes();

    /// <summary>A free dimension and an input that is no picture.</summary>
    public static byte[] Rows() => new OnnxGraphBuilder()
        .Input("x", DataType.Float32, "batch", 4)
        .Node("Relu", ["x"], ["y"])
        .Output("y", DataType.Float32, "batch", 4)
        .ToBytes();

    /// <summary>Takes two inputs.</summary>
    public static byte[] TwoInputs() => new OnnxGraphBuilder()
        .Input("a", DataType.Float32, 1, 3, 8, 8)
        .Input("b", DataType.Float32, 1, 3, 8, 8)
        .Node("Add", ["a", "b"], ["y"])
        .Output("y", DataType.Float32, 1, 3, 8, 8)
        .ToBytes();
}
