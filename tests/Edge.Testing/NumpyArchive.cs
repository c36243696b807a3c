using System.Globalization;
using System.IO.Compression;
using System.Text;
using Edge.Tensors;

namespace Edge.Testing;

/// <summary>Reads <c>.npz</c> archives (NumPy's): float32, float64, int8, uint8, int32, int64 and bool, in C order.</summary>
public static class NumpyArchive
{
    /// <summary>The arrays by name, in the order of the archive.</summary>
    /// <exception cref="InvalidDataException">An array is not of a type or order listed above.</exception>
    public static IReadOnlyList<(string Name, Tensor Value)> Read(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        return [.. zip.Entries.Select(e => (Path.GetFileNameWithoutExtension(e.FullName), Array(e)))];
    }

    private static Tensor Array(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        ReadOnlySpan<byte> bytes = memory.ToArray();
        int header = 10 + bytes[8] + 256 * bytes[9];
        string text = Encoding.ASCII.GetString(bytes[10..header]);
        var type = Field(text, "'descr': '", "'") switch
        {
            "<f4" => DataType.Float32,
            "<f8" => DataType.Float64,
            "|i1" => DataType.Int8,
            "|u1" => DataType.UInt8,
            "<i4" => DataType.Int32,
            "<i8" => DataType.Int64,
            "|b1" => DataType.Bool,
            var other => throw new InvalidDataException($"{entry.FullName}: element type {other} is not supported"),
        };
        if (!text.Contains("'fortran_order': False", StringComparison.Ordinal)) throw new InvalidDataException($"{entry.FullName}: the array is not in C order");
        int[] dims = [.. Field(text, "'shape': (", ")").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(d => int.Parse(d, CultureInfo.InvariantCulture))];
        var tensor = Tensor.Create(type, new Shape(dims));
        bytes[header..].CopyTo(tensor.Bytes);
        return tensor;
    }

    private static string Field(string text, string before, string after)
    {
        int from = text.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return text[from..text.IndexOf(after, from, StringComparison.Ordinal)];
    }
}
