using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Quantization.Calibration;

/// <summary>Whole arrays of numbers from NumPy files: labels, mostly.</summary>
public static class NumberArray
{
    private const int MostElements = 1 << 26;

    /// <summary>The names of the arrays of a <c>.npy</c> or <c>.npz</c> file.</summary>
    /// <exception cref="ModelException">No such file, or a malformed one.</exception>
    public static IReadOnlyList<string> Names(string path) => [.. ArrayFile.Open(path).Select(a => a.Name)];

    /// <summary>All elements of an array, by value, in its order.</summary>
    /// <param name="path">A <c>.npy</c> or <c>.npz</c> file.</param>
    /// <param name="name">The array; null for the first.</param>
    /// <exception cref="ModelException">No such file or array, or one that is malformed, too large, or no numbers.</exception>
    public static double[] Read(string path, string? name)
    {
        IReadOnlyList<ArrayFile> arrays = ArrayFile.Open(path);
        ArrayFile array = name is null ? arrays[0] : arrays.FirstOrDefault(a => a.Name == name)
            ?? throw new ModelException($"{path}: there is no array '{name}'; there are {string.Join(", ", arrays.Select(a => a.Name))}");
        long count = array.Dims.Aggregate(1L, (product, d) => product * d);
        if (count > MostElements) throw new ModelException($"{array.Place}: {count} numbers are more than the {MostElements} that are read at once");
        Tensor tensor = Tensor.Create(array.Type, new Shape((int)count));
        try
        {
            using Stream stream = array.OpenElements();
            stream.ReadExactly(tensor.Bytes);
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException)
        {
            throw new ModelException($"{array.Place}: the elements end early or are damaged", e);
        }
        return Metrics.TensorNumbers.Of(tensor);
    }
}
