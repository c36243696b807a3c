using Edge.Imaging;
using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Pipeline.Postprocessing;

/// <summary>A class for every cell of a grid over the model's input.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Classes">Rows from the top.</param>
public sealed record ClassMap(int Width, int Height, int[] Classes)
{
    /// <summary>
    /// The class of each pixel of the source picture, where the model saw it; −1 outside of what it saw.
    /// </summary>
    /// <param name="placement">Where the source lay in the input.</param>
    /// <param name="inputWidth">Of the model.</param>
    /// <param name="inputHeight">Of the model.</param>
    /// <param name="width">Of the source.</param>
    /// <param name="height">Of the source.</param>
    public int[] OnSource(in Placement placement, int inputWidth, int inputHeight, int width, int height)
    {
        var map = new int[width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                Box center = placement.ToTarget(new Box(x + 0.5f, y + 0.5f, x + 0.5f, y + 0.5f));
                bool seen = center.Left >= placement.Left && center.Left < placement.Left + placement.Width
                    && center.Top >= placement.Top && center.Top < placement.Top + placement.Height;
                int column = Math.Clamp((int)(center.Left * Width / inputWidth), 0, Width - 1);
                int row = Math.Clamp((int)(center.Top * Height / inputHeight), 0, Height - 1);
                map[y * width + x] = seen ? Classes[row * Width + column] : -1;
            }
        }
        return map;
    }
}

/// <summary>Pure functions over a segmentation model's output.</summary>
public static class Segmentation
{
    /// <summary>
    /// The best class of each cell, the first of equals.
    /// </summary>
    /// <param name="output">Scores [1, classes, rows, columns] of float, or finished maps of int64, int32 or uint8, [1, rows, columns] or [1, 1, rows, columns].</param>
    /// <param name="name">Of the output, for messages.</param>
    /// <exception cref="ModelException">It is neither.</exception>
    public static ClassMap ArgMax(Tensor output, string name = "output")
    {
        ArgumentNullException.ThrowIfNull(output);
        Shape shape = output.Shape;
        int rank = shape.Rank;
        if (output.Type == DataType.Float32 && rank == 4 && shape[0] == 1 && shape[1] > 0)
        {
            int rows = shape[2], columns = shape[3];
            int[] classes = new int[rows * columns];
            if (classes.Length > 0) Heads.HeadRules.BestOfPlanes(output.AsSpan<float>(), new float[classes.Length], classes);
            return new ClassMap(columns, rows, classes);
        }
        if (output.Type is DataType.Int64 or DataType.Int32 or DataType.UInt8 && rank is 3 or 4 && shape.Product(0, rank - 2) == 1)
            return new ClassMap(shape[rank - 1], shape[rank - 2], Whole(output));
        throw new ModelException($"output '{name}' is {output}; a segmentation is float[1, classes, rows, columns] or an integer map [1, rows, columns]");
    }

    private static int[] Whole(Tensor map)
    {
        var classes = new int[map.Count];
        for (int i = 0; i < classes.Length; i++)
        {
            classes[i] = map.Type switch
            {
                DataType.Int64 => checked((int)map.AsSpan<long>()[i]),
                DataType.Int32 => map.AsSpan<int>()[i],
                _ => map.AsSpan<byte>()[i],
            };
        }
        return classes;
    }
}
