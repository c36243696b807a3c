using System.Security.Cryptography;
using Edge.Onnx;
using OrtSession = Microsoft.ML.OnnxRuntime.InferenceSession;
using OrtSessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace Edge.OnnxRuntime;

/// <summary>A model as it was given: a file, or bytes.</summary>
internal sealed class ModelSource(string name, string? path, ReadOnlyMemory<byte> bytes)
{
    private readonly Lazy<string[]> _external = new(() => path is null ? [] : ExternalFiles(path));

    public string Name => name;

    /// <summary>Whether tensors lie in files of their own.</summary>
    public bool HasExternalData => _external.Value.Length > 0;

    public OrtSession Open(OrtSessionOptions options) => path is null ? new OrtSession(bytes.ToArray(), options) : new OrtSession(path, options);

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
