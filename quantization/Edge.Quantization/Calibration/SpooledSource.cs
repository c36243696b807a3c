using Edge.Onnx;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Quantization.Calibration;

/// <summary>
/// Samples that are costly to make, kept in a file after the first whole pass: a search reads the same pictures a dozen
/// times, and decoding takes longer than running a small model. Memory holds one sample. The file is deleted when the
/// source is disposed of, and, as it has no name where the system allows that, by the system if the process ends. Used by one thread at a time.
/// </summary>
public sealed class SpooledSource : ICalibrationSource, IDisposable
{
    private readonly ICalibrationSource _source;
    private readonly string _folder;
    private readonly long _mostBytes;
    private readonly List<Entry> _entries = [];
    private FileStream? _file;
    private bool _complete, _refused;

    /// <param name="source">Where the samples come from.</param>
    /// <param name="folder">Where the file goes: on a disk, not in memory.</param>
    /// <param name="mostBytes">A set that is larger is read from its source each time, and so is one that would take more than half of the free space.</param>
    public SpooledSource(ICalibrationSource source, string folder, long mostBytes = 4L << 30)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _source = source;
        _folder = folder;
        _mostBytes = mostBytes;
    }

    public string Description => _source.Description;

    public int? Count => _complete ? _entries.Count : _source.Count;

    public IEnumerable<IReadOnlyList<Tensor>> Read(IReadOnlyList<TensorInfo> inputs) => _complete ? FromFile() : _refused ? _source.Read(inputs) : Spool(inputs);

    public void Dispose() => _file?.Dispose();

    private IEnumerable<IReadOnlyList<Tensor>> Spool(IReadOnlyList<TensorInfo> inputs)
    {
        // A pass that ended early left a part; the next one begins anew.
        _entries.Clear();
        _file ??= Create();
        _file.SetLength(0);
        _file.Position = 0;
        long most = Math.Min(_mostBytes, Free() / 2);
        foreach (IReadOnlyList<Tensor> sample in _source.Read(inputs))
        {
            if (!_refused && !Write(sample, most)) Refuse();
            yield return sample;
        }
        _complete = !_refused;
    }

    private FileStream Create()
    {
        string path = Path.Combine(_folder, $".edge-samples-{Guid.NewGuid():N}.tmp");
        var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.DeleteOnClose,
            BufferSize = 1 << 16,
        });
        // Windows deletes it however the process ends. Elsewhere DeleteOnClose is .NET's own doing, and a file that is open needs no name.
        if (!OperatingSystem.IsWindows()) File.Delete(path);
        return file;
    }

    private bool Write(IReadOnlyList<Tensor> sample, long most)
    {
        if (sample.Any(t => t.Type == DataType.String) || _file!.Position + sample.Sum(t => (long)t.Bytes.Length) > most) return false;
        _entries.Add(new Entry(_file.Position, [.. sample.Select(t => (t.Type, t.Shape))]));
        foreach (Tensor t in sample) _file.Write(t.Bytes);
        return true;
    }

    private void Refuse()
    {
        _refused = true;
        _entries.Clear();
        _file?.Dispose();
        _file = null;
    }

    private IEnumerable<IReadOnlyList<Tensor>> FromFile()
    {
        Tensor[] tensors = [];
        foreach (Entry entry in _entries)
        {
            if (!tensors.Select(t => (t.Type, t.Shape)).SequenceEqual(entry.Tensors)) tensors = [.. entry.Tensors.Select(t => Tensor.Create(t.Type, t.Shape))];
            _file!.Position = entry.Position;
            foreach (Tensor t in tensors) _file.ReadExactly(t.Bytes);
            yield return tensors;
        }
    }

    private long Free()
    {
        string root = Path.GetFullPath(_folder);
        return new DriveInfo(root).AvailableFreeSpace;
    }

    private sealed record Entry(long Position, (DataType Type, Shape Shape)[] Tensors);
}
