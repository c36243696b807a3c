namespace Edge.Onnx;

/// <summary>
/// A model file that is mapped into memory, and its external data. Nothing of the weights is copied: raw data, byte strings and
/// unknown fields of <see cref="Model"/>, and what <see cref="GetBytes"/> returns, are views of the mapped files. They end with
/// <see cref="Dispose"/>. The files may be replaced while they are open (written beside and renamed, as
/// <see cref="OnnxWriter.Save"/> does), but not shortened in place. <see cref="GetBytes"/> is safe to call from several threads.
/// </summary>
public sealed class OnnxFile : IDisposable
{
    private readonly MappedFile _file;
    private readonly ExternalFiles _external;

    private OnnxFile(string path, MappedFile file, ModelProto model)
    {
        FilePath = path;
        _file = file;
        _external = new ExternalFiles(Path.GetDirectoryName(Path.GetFullPath(path))!);
        Model = model;
    }

    /// <summary>The path as it was given.</summary>
    public string FilePath { get; }

    /// <summary>Bytes of the model file, external data not counted.</summary>
    public long Length => _file.Length;

    /// <summary>The whole model file.</summary>
    public ReadOnlyMemory<byte> Bytes => _file.Slice(0, (int)_file.Length);

    public ModelProto Model { get; }

    /// <summary>The whole of each file of external data that is open, in the order of their paths, in parts that a span can have.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> ExternalBytes() => _external.Open();

    /// <param name="path">The model file; external data are looked for in its folder.</param>
    /// <param name="limits">What reading may take; <see cref="OnnxLimits.Default"/> when null.</param>
    /// <exception cref="ModelException">There is no such file, it cannot be read, or it is not a sound ONNX model.</exception>
    public static OnnxFile Open(string path, OnnxLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        MappedFile file = MappedFile.Open(path, path);
        try
        {
            if (file.Length > OnnxWriter.MaxLength)
                throw new ModelException($"{path}: {file.Length:N0} bytes are more than the {OnnxWriter.MaxLength:N0} that an ONNX file may have; larger weights go to external data");
            return new OnnxFile(path, file, OnnxReader.Read(file.Slice(0, (int)file.Length), path, limits));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The elements of one of the model's tensors as little-endian bytes, wherever they are stored: a view of the mapped model or
    /// external file, or a converted copy of a typed list (see <see cref="TensorProto.GetBytes"/>).
    /// </summary>
    /// <exception cref="ModelException">
    /// The elements do not match shape and type, or the external data are not inside the model's folder, are shorter than the
    /// tensor says, or have another checksum.
    /// </exception>
    public ReadOnlyMemory<byte> GetBytes(TensorProto tensor)
    {
        try
        {
            return tensor.DataLocation == DataLocation.External ? _external.Bytes(tensor) : tensor.GetBytes();
        }
        catch (ModelException e)
        {
            throw new ModelException($"{FilePath}: {e.Message}", e);
        }
    }

    /// <summary>
    /// Gives the memory of everything that was read back to the system; whoever reads on brings it in again. Safe to call while
    /// others read.
    /// </summary>
    public void ReleasePages()
    {
        _file.ReleasePages();
        _external.ReleasePages();
    }

    public void Dispose()
    {
        _external.Dispose();
        _file.Dispose();
    }
}
