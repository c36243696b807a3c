using System.Security.Cryptography;

namespace Edge.Onnx;

/// <summary>
/// The files beside a model that hold external elements. Each is opened when first used, mapped once and shared by all
/// tensors. A model is not trusted with the file system: a location leads below the model's folder and through no link.
/// Whoever can change that folder while it is read is trusted. Safe to use from several threads.
/// </summary>
internal sealed class ExternalFiles(string folder) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, MappedFile> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _checksums = new(StringComparer.Ordinal);
    private bool _disposed;

    /// <summary>A view of the tensor's elements, never a copy.</summary>
    public ReadOnlyMemory<byte> Bytes(TensorProto tensor)
    {
        if (tensor.Segment is not null) TensorElements.Fail(tensor, "a tensor that is cut in segments is not supported");
        ExternalReference reference = ExternalReference.Of(tensor);
        long length = TensorElements.ByteLength(tensor);
        if (reference.Length is { } given && given != length)
            TensorElements.Fail(tensor, $"external_data has length {given:N0}, the shape needs {length:N0} bytes");
        string path = Resolve(tensor, reference.Location);
        if (length == 0) return default;
        if (length > int.MaxValue) TensorElements.Fail(tensor, $"{length:N0} bytes are more than the {int.MaxValue:N0} that a tensor may have");
        MappedFile file = Open(tensor, reference, path);
        if (reference.Offset > file.Length || length > file.Length - reference.Offset)
        {
            TensorElements.Fail(tensor,
                $"its elements are bytes {reference.Offset:N0} to {(Int128)reference.Offset + length:N0} of '{reference.Location}', which has {file.Length:N0}");
        }
        return file.Slice(reference.Offset, (int)length);
    }

    /// <inheritdoc cref="OnnxFile.ExternalBytes"/>
    public IReadOnlyList<ReadOnlyMemory<byte>> Open()
    {
        const int Part = 1 << 30;
        lock (_lock)
        {
            var parts = new List<ReadOnlyMemory<byte>>();
            foreach (MappedFile file in _open.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Value))
                for (long at = 0; at < file.Length; at += Part) parts.Add(file.Slice(at, (int)Math.Min(Part, file.Length - at)));
            return parts;
        }
    }

    /// <inheritdoc cref="OnnxFile.ReleasePages"/>
    public void ReleasePages()
    {
        lock (_lock)
        {
            foreach (MappedFile file in _open.Values) file.ReleasePages();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (MappedFile file in _open.Values) file.Dispose();
            _open.Clear();
        }
    }

    /// <summary>The full path of a location, after every component was looked at.</summary>
    private string Resolve(TensorProto tensor, string location)
    {
        bool rooted = Path.IsPathRooted(location) || location.StartsWith('/');
        if (rooted) TensorElements.Fail(tensor, $"external_data's location '{location}' is absolute; it must be inside the model's folder");
        if (location.AsSpan().IndexOfAny("\\:\0") >= 0)
            TensorElements.Fail(tensor, $"external_data's location '{Printable(location)}' has a backslash, colon or null character; its parts are separated by '/'");
        string path = folder;
        foreach (string part in location.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".") continue;
            if (part == "..") TensorElements.Fail(tensor, $"external_data's location '{location}' leads out of the model's folder");
            path = Path.Combine(path, part);
            FileInfo info = new(path);
            if (info.LinkTarget is not null || (info.Exists || Directory.Exists(path)) && info.Attributes.HasFlag(FileAttributes.ReparsePoint))
                TensorElements.Fail(tensor, $"external_data's location '{location}' goes through a link ('{part}'); it must be a file inside the model's folder");
        }
        return path;
    }

    private MappedFile Open(TensorProto tensor, ExternalReference reference, string path)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(OnnxFile));
            if (!_open.TryGetValue(path, out MappedFile? file))
            {
                file = MappedFile.Open(path, $"external data '{reference.Location}' of tensor '{tensor.Name}'");
                _open.Add(path, file);
            }
            if (reference.Checksum is { } checksum) Verify(tensor, reference.Location, path, checksum);
            return file;
        }
    }

    private void Verify(TensorProto tensor, string location, string path, string expected)
    {
        if (!_checksums.TryGetValue(path, out string? actual))
        {
            using FileStream stream = File.OpenRead(path);
#pragma warning disable CA5350 // The format prescribes SHA-1; it finds mix-ups here, it does not authenticate.
            actual = Convert.ToHexStringLower(SHA1.HashData(stream));
#pragma warning restore CA5350
            _checksums.Add(path, actual);
        }
        if (!actual.Equals(expected, StringComparison.OrdinalIgnoreCase))
            TensorElements.Fail(tensor, $"external data '{location}' has the SHA-1 checksum {actual}, not {expected}: it belongs to another model or is damaged");
    }

    private static string Printable(string text) => text.Replace("\0", "\\0", StringComparison.Ordinal);
}
