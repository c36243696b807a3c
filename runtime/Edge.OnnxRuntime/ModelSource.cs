using System.Security.Cryptography;
using Edge.Onnx;
using Edge.Runtime;
using OrtSession = Microsoft.ML.OnnxRuntime.InferenceSession;
using OrtSessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace Edge.OnnxRuntime;

/// <summary>A model as it was given: a file, or bytes.</summary>
internal sealed class ModelSource(string name, string? path, ReadOnlyMemory<byte> bytes)
{
    private readonly Lazy<string[]> _external = new(() => path is null ? [] : ExternalFiles(path));

    private readonly Lazy<(byte[]? Bytes, IReadOnlyDictionary<string, IReadOnlyList<string>> Columns)> _flat = new(() => WithoutZipMaps(name, path, bytes));

    public string Name => name;

    /// <summary>Columns of the outputs that a ZipMap writes; ONNX Runtime gets the model without, so that they are tensors there too.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Columns => _flat.Value.Columns;

    /// <summary>Whether tensors lie in files of their own.</summary>
    public bool HasExternalData => _external.Value.Length > 0;

    public OrtSession Open(OrtSessionOptions options) =>
        _flat.Value.Bytes is { } flat ? new OrtSession(flat, options) : path is null ? new OrtSession(bytes.ToArray(), options) : new OrtSession(path, options);

    /// <summary>SHA-256 of the model and of the files that its tensors lie in, in lower-case hexadecimal.</summary>
    public string Sha256()
    {
        if (path is null) return Convert.ToHexStringLower(SHA256.HashData(bytes.Span));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in _external.Value.Prepend(path))
        {
            using var stream = File.OpenRead(file);
            hash.AppendData(SHA256.HashData(stream));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The model anew, if it has ZipMaps; such models have no external data, which would not be found any more.</summary>
    private static (byte[]? Bytes, IReadOnlyDictionary<string, IReadOnlyList<string>> Columns) WithoutZipMaps(string name, string? path, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var file = path is null ? null : OnnxFile.Open(path);
            var model = file?.Model ?? OnnxReader.Read(bytes, name);
            var columns = ZipMaps.Replace(model, name);
            if (columns.Count == 0) return (null, columns);
            using var stream = new MemoryStream();
            OnnxWriter.Write(model, stream);
            return (stream.ToArray(), columns);
        }
        catch (ModelException)
        {
            // Beyond our own reader's limits, or a ZipMap elsewhere than at the end; ONNX Runtime may still take it.
            return (null, new Dictionary<string, IReadOnlyList<string>>());
        }
    }

    /// <summary>Those that are there, in the model's folder and no links: what is missing or elsewhere is ONNX Runtime's to complain about.</summary>
    private static string[] ExternalFiles(string path)
    {
        try
        {
            using var file = OnnxFile.Open(path);
            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            var locations = file.Model.Graph!.Initializers.SelectMany(t => t.ExternalData).Where(e => e.Key == "location").Select(e => Path.GetFullPath(e.Value, folder));
            return [.. locations.Distinct().Where(l => l.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal) && new FileInfo(l) is { Exists: true, LinkTarget: null }).Order(StringComparer.Ordinal)];
        }
        catch (ModelException)
        {
            // Beyond our own reader's limits; ONNX Runtime may still take it.
            return [];
        }
    }
}
