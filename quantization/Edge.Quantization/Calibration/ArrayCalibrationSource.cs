using Edge.Onnx;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Calibration;

/// <summary>
/// Samples from NumPy arrays or bare numbers on disk, already preprocessed into what the model takes. Rows are read one at
/// a time, so that memory does not grow with the file. A <c>.npy</c> serves a model with one input; the arrays of a
/// <c>.npz</c> are matched to the inputs by name, and one alone serves a sole input under any name.
/// </summary>
/// <remarks>How an array divides into samples, and which types are converted, is said at <see cref="ICalibrationSource"/>'s
/// inputs: the leading dimension counts samples, and numbers become float32 by value where the model takes float32.</remarks>
public sealed class ArrayCalibrationSource : ICalibrationSource
{
    private readonly IReadOnlyList<IReadOnlyList<ArrayFile>> _sets;
    private int? _count;

    private ArrayCalibrationSource(string description, IReadOnlyList<IReadOnlyList<ArrayFile>> sets)
    {
        Description = description;
        _sets = sets;
    }

    public string Description { get; }

    /// <summary>Known once <see cref="Read"/> has seen the model's inputs.</summary>
    public int? Count => _count;

    /// <summary>A <c>.npy</c> or <c>.npz</c> file, or a folder of them in ordinal order of their names.</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="leaveOut">Arrays of a file that are no inputs, such as labels.</param>
    /// <exception cref="ModelException">Nothing there, or a file that is malformed or of an unsupported type.</exception>
    public static ArrayCalibrationSource Open(string path, params IReadOnlyCollection<string> leaveOut)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path)) return new ArrayCalibrationSource(path, [[.. ArrayFile.Open(path).Where(a => !leaveOut.Contains(a.Name))]]);
        string[] files =
        [
            .. Directory.EnumerateFiles(path)
                .Where(f => Path.GetExtension(f).ToLowerInvariant() is ".npy" or ".npz")
                .Order(StringComparer.Ordinal),
        ];
        if (files.Length == 0) throw new ModelException($"{path}: the folder holds no .npy or .npz file");
        return new ArrayCalibrationSource($"{path} ({files.Length} files)", [.. files.Select(ArrayFile.Open)]);
    }

    /// <summary>A file of bare little-endian elements, row-major, without a header.</summary>
    /// <param name="path">The file; its length must be a whole number of samples.</param>
    /// <param name="type">Element type in the file.</param>
    /// <param name="sampleShape">Shape of one sample as the model's input declares it, leading batch dimension included.</param>
    /// <exception cref="ModelException">No such file, or a length that does not fit.</exception>
    public static ArrayCalibrationSource OpenRaw(string path, DataType type, Shape sampleShape)
    {
        if (type.Size() == 0 || type == DataType.String) throw new ArgumentException($"{type.OnnxName()} elements have no fixed size", nameof(type));
        if (!File.Exists(path)) throw new ModelException($"{path}: no such file");
        long sampleBytes = (long)sampleShape.Count * type.Size();
        long length = new FileInfo(path).Length;
        if (sampleBytes == 0 || length == 0 || length % sampleBytes != 0)
            throw new ModelException($"{path}: {length} bytes are not a whole number of {type.OnnxName()}{sampleShape} samples of {sampleBytes} bytes");
        long[] dims = [length / sampleBytes, .. sampleShape.ToArray()];
        var file = new ArrayFile(Path.GetFileNameWithoutExtension(path), path, type, dims, () => File.OpenRead(path));
        return new ArrayCalibrationSource(path, [[file]]);
    }

    public IEnumerable<IReadOnlyList<Tensor>> Read(IReadOnlyList<TensorInfo> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArrayRows[][] sets = [.. _sets.Select(set => Match(set, inputs))];
        _count = checked((int)sets.Sum(set => (long)set[0].Count));
        return Rows(sets, inputs);
    }

    private static IEnumerable<IReadOnlyList<Tensor>> Rows(ArrayRows[][] sets, IReadOnlyList<TensorInfo> inputs)
    {
        var sample = new Tensor[inputs.Count];
        foreach (ArrayRows[] set in sets)
        {
            IEnumerator<Tensor>[] rows = [.. set.Select((r, i) => r.Read(inputs[i].Type).GetEnumerator())];
            try
            {
                while (rows.All(r => r.MoveNext()))
                {
                    for (int i = 0; i < rows.Length; i++) sample[i] = rows[i].Current;
                    yield return sample;
                }
            }
            finally
            {
                foreach (IEnumerator<Tensor> r in rows) r.Dispose();
            }
        }
    }

    /// <summary>One array an input; all with the same number of samples.</summary>
    private static ArrayRows[] Match(IReadOnlyList<ArrayFile> set, IReadOnlyList<TensorInfo> inputs)
    {
        if (inputs.Count == 0) throw new ModelException("the model has no inputs to calibrate with");
        ArrayRows[] rows = [.. inputs.Select(input => ArrayRows.Fit(Find(set, input, inputs.Count), input))];
        for (int i = 1; i < rows.Length; i++)
        {
            if (rows[i].Count != rows[0].Count)
                throw new ModelException($"{rows[i].File.Place}: {rows[i].Count} samples beside {rows[0].Count} in {rows[0].File.Place}");
        }
        return rows;
    }

    private static ArrayFile Find(IReadOnlyList<ArrayFile> set, TensorInfo input, int inputs)
    {
        if (inputs == 1 && set.Count == 1) return set[0];
        return set.FirstOrDefault(f => f.Name == input.Name)
            ?? throw new ModelException(
                $"{set[0].Place}: no array for input '{input.Name}'; there are {string.Join(", ", set.Select(f => f.Name))}. " +
                "Save with numpy.savez(file, **{input name: array})");
    }
}
