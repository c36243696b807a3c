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

    /// <summary>
    /// A detector of 8×8 RGB pictures with a grid head of four cells: a red cell is an object of class 0, a green one of class 1,
    /// and the box is the cell.
    /// </summary>
    public static byte[] ColoredCells()
    {
        var w = new float[2 * 3 * 4 * 4];
        for (int c = 0; c < 2; c++) w.AsSpan((c * 3 + c) * 16, 16).Fill(1f / 16);
        return new OnnxGraphBuilder()
            .Input("image", DataType.Float32, 1, 3, 8, 8)
            .Initializer("w", w, 2, 3, 4, 4)
            .Initializer("zero", new float[4 * 3 * 4 * 4], 4, 3, 4, 4)
            .Initializer("half", new float[] { 0.5f, 0.5f, 0.5f, 0.5f }, 4)
            .Node("Conv", ["image", "w"], ["scores"], AttributeProto.Of("strides", 4L, 4L))
            .Node("Conv", ["image", "zero", "half"], ["boxes"], AttributeProto.Of("strides", 4L, 4L))
            .Output("scores", DataType.Float32, 1, 2, 2, 2)
            .Output("boxes", DataType.Float32, 1, 4, 2, 2)
            .ToBytes();
    }

    /// <summary>A column of strings, their logistic scores of two classes as maps, and the class as a string.</summary>
    public static byte[] Letters() => new OnnxGraphBuilder().Opset("ai.onnx.ml", 3)
        .Input("letter", DataType.String, "N", 1)
        .Node("ai.onnx.ml", "LabelEncoder", ["letter"], ["number"], AttributeProto.Of("keys_strings", (IEnumerable<string>)["a", "b"]), AttributeProto.Of("values_floats", [1f, -1]))
        .Node("ai.onnx.ml", "LinearClassifier", ["number"], ["label", "scores"], AttributeProto.Of("coefficients", [2f]), AttributeProto.Of("intercepts", [0.5f]),
            AttributeProto.Of("classlabels_strings", (IEnumerable<string>)["no", "yes"]), AttributeProto.Of("post_transform", "LOGISTIC"))
        .Node("ai.onnx.ml", "ZipMap", ["scores"], ["maps"], AttributeProto.Of("classlabels_strings", (IEnumerable<string>)["no", "yes"]))
        .Output("label", DataType.String, "N").MapsOutput("maps", DataType.String)
        .ToBytes();

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

    /// <summary>Free dimensions, one without a name, that may not both be 1.</summary>
    public static byte[] Windows() => new OnnxGraphBuilder()
        .Input("x", DataType.Float32, "batch", 1, -1)
        .Initializer("w", new float[] { 1, 2, 3 }, 1, 1, 3)
        .Node("Conv", ["x", "w"], ["y"])
        .Output("y", DataType.Float32, "batch", 1, -1)
        .ToBytes();

    /// <summary>Takes two inputs.</summary>
    public static byte[] TwoInputs() => new OnnxGraphBuilder()
        .Input("a", DataType.Float32, 1, 3, 8, 8)
        .Input("b", DataType.Float32, 1, 3, 8, 8)
        .Node("Add", ["a", "b"], ["y"])
        .Output("y", DataType.Float32, 1, 3, 8, 8)
        .ToBytes();
}
