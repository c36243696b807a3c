using Edge.Imaging.Preprocessing;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Pipeline.Tests;

/// <summary>Model inputs and outputs made up for tests.</summary>
internal static class Made
{
    public static ModelInput Input(int width, int height, int channels = 3) => new(DataType.Float32, TensorLayout.Nchw, width, height, channels);

    /// <summary>A declared output; −1 where a dimension is open.</summary>
    public static TensorInfo Info(string name, params int[] dimensions) => Info(name, DataType.Float32, dimensions);

    public static TensorInfo Info(string name, DataType type, params int[] dimensions) =>
        new(name, type, [.. dimensions.Select(d => new Dimension(d))]);

    public static Tensor Tensor(int[] shape, params float[] values) => Tensors.Tensor.Create<float>(new Shape(shape), values);

    public static TensorInfo Info(string name, Tensor tensor) => Info(name, tensor.Type, tensor.Shape.ToArray());
}
