using Edge.Onnx;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Calibration;

/// <summary>
/// How one array on disk divides into tensors for one input of a model. Of an array with the input's rank the leading
/// dimension counts samples, taken in groups of the input's fixed batch size, or singly where it is free; an array
/// without the leading dimension is one sample; an array with one dimension more is a row of whole inputs.
/// </summary>
/// <param name="File">The array.</param>
/// <param name="Shape">Shape of each tensor.</param>
/// <param name="Count">Number of tensors.</param>
internal sealed record ArrayRows(ArrayFile File, Shape Shape, int Count)
{
    /// <exception cref="ModelException">Type or shape does not fit; the message names array, input and both shapes.</exception>
    public static ArrayRows Fit(ArrayFile file, TensorInfo input)
    {
        if (!ElementConversion.CanConvert(file.Type, input.Type))
            throw new ModelException($"{file.Place}: {file.Type.OnnxName()} elements do not fit input '{input.Name}' of type {input.Type.OnnxName()}");
        (long count, IEnumerable<long> dims) = Divide(file, input);
        try
        {
            return new ArrayRows(file, new Shape([.. dims.Select(d => checked((int)d))]), checked((int)count));
        }
        catch (Exception e) when (e is OverflowException or ArgumentException)
        {
            throw new ModelException($"{file.Place}: shape [{string.Join(',', file.Dims)}] is too large", e);
        }
    }

    /// <summary>Reads the tensors in turn into one tensor that is given out again and again.</summary>
    public IEnumerable<Tensor> Read(DataType type)
    {
        Tensor tensor = Tensor.Create(type, Shape);
        byte[] row = new byte[checked(Shape.Count * File.Type.Size())];
        using Stream stream = File.OpenElements();
        for (int i = 0; i < Count; i++)
        {
            try
            {
                stream.ReadExactly(row);
            }
            catch (Exception e) when (e is EndOfStreamException or InvalidDataException)
            {
                throw new ModelException($"{File.Place}: the elements end or are damaged in sample {i} of {Count}", e);
            }
            ElementConversion.Convert(row, File.Type, tensor);
            yield return tensor;
        }
    }

    private static (long Count, IEnumerable<long> Dims) Divide(ArrayFile file, TensorInfo input)
    {
        IReadOnlyList<long> dims = file.Dims;
        if (input.Dimensions is not { } declared)
            return dims.Count == 0 ? (1, dims) : (dims[0], dims.Skip(1).Prepend(1));
        if (dims.Count == declared.Count + 1 && Fits(dims.Skip(1), declared)) return (dims[0], dims.Skip(1));
        if (declared.Count > 0 && dims.Count == declared.Count && Fits(dims.Skip(1), declared.Skip(1)))
        {
            int batch = declared[0].IsFixed ? declared[0].Size : 1;
            if (batch > 0 && dims[0] % batch == 0) return (dims[0] / batch, dims.Skip(1).Prepend(batch));
            throw new ModelException($"{file.Place}: {dims[0]} samples do not make whole batches of {batch}, as input '{input.Name}' asks");
        }
        if (declared.Count > 0 && declared[0].Size is 1 or < 0 && Fits(dims, declared.Skip(1))) return (1, dims.Prepend(1));
        if (declared.Count == 0 && dims.Count == 0) return (1, dims);
        throw new ModelException($"{file.Place}: shape [{string.Join(',', dims)}] does not fit input '{input.Name}' of shape [{string.Join(',', declared)}]");
    }

    private static bool Fits(IEnumerable<long> dims, IEnumerable<Dimension> declared)
    {
        long[] d = [.. dims];
        Dimension[] want = [.. declared];
        return d.Length == want.Length && d.Zip(want).All(p => !p.Second.IsFixed || p.First == p.Second.Size);
    }
}
