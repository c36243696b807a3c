using System.Text.Unicode;

namespace Edge.Onnx;

/// <summary>
/// Names what a file is that turned out not to be an ONNX model, by its first bytes. Only asked after reading failed: protobuf
/// has no signature of its own, and a sound model may begin with any of these bytes.
/// </summary>
internal static class FileSignature
{
    private const int TextSample = 512;

    private static readonly (int Offset, byte[] Bytes, string Name)[] Known =
    [
        (0, [0x89, .. "PNG"u8], "a PNG picture"),
        (0, [0xFF, 0xD8, 0xFF], "a JPEG picture"),
        (0, [.. "GIF8"u8], "a GIF picture"),
        (0, [.. "PK\x03\x04"u8], "a ZIP archive (a PyTorch or NumPy file?)"),
        (0, [0x1F, 0x8B], "compressed with gzip: decompress it first"),
        (0, [0x28, 0xB5, 0x2F, 0xFD], "compressed with Zstandard: decompress it first"),
        (0, [0x89, .. "HDF"u8], "an HDF5 file (a Keras model?)"),
        (0, [0x93, .. "NUMPY"u8], "a NumPy array"),
        (0, [.. "GGUF"u8], "a GGUF model"),
        (0, [0x7F, .. "ELF"u8], "a program"),
        (0, [.. "%PDF"u8], "a PDF document"),
        (4, [.. "TFL3"u8], "a TensorFlow Lite model"),
        (4, [.. "ORTM"u8], "a model in ONNX Runtime's own format"),
        (8, [.. "{\""u8], "a safetensors file"),
        (0, [.. "version https://git-lfs"u8], "a Git LFS pointer: run 'git lfs pull' to get the model itself"),
        (0, [.. "<!DOCTYPE"u8], "a web page"),
        (0, [.. "<html"u8], "a web page"),
        (0, [.. "<?xml"u8], "an XML document"),
    ];

    /// <summary>What the file is, such as "a PNG picture", or null.</summary>
    public static string? Describe(ReadOnlySpan<byte> file)
    {
        foreach ((int offset, byte[] bytes, string name) in Known)
        {
            if (file.Length > offset && file[offset..].StartsWith(bytes)) return name;
        }
        return IsText(file) ? "text" : null;
    }

    private static bool IsText(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> sample = file[..Math.Min(file.Length, TextSample)];
        foreach (byte character in sample)
        {
            if (character is < 0x20 and not ((byte)'\t' or (byte)'\n' or (byte)'\r')) return false;
        }
        return sample.Length == file.Length ? Utf8.IsValid(sample) : !sample.Contains((byte)0xFF);
    }
}
