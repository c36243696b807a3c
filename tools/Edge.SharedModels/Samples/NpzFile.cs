using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Edge.Tensors;

namespace Edge.SharedModels.Samples;

/// <summary>Arrays that NumPy stored under names.</summary>
internal static partial class NpzFile
{
    /// <summary>The array <paramref name="name"/>; float64 is narrowed to float32.</summary>
    public static Tensor Read(string path, string name)
    {
        using var zip = ZipFile.OpenRead(path);
        var entry = zip.GetEntry(name + ".npy") ?? throw new InvalidDataException($"{path} has no array '{name}'; it has {string.Join(", ", zip.Entries.Select(e => e.Name))}");
        using var stream = entry.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return Parse(memory.ToArray(), $"{path}/{name}");
    }

    private static Tensor Parse(byte[] bytes, string what)
    {
        int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8));
        string header = Encoding.ASCII.GetString(bytes, 10, length);
        if (header.Contains("'fortran_order': True", StringComparison.Ordinal)) throw new InvalidDataException($"{what}: column-major arrays are not read");
        int[] dims = [.. Shape().Match(header).Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(d => int.Parse(d, CultureInfo.InvariantCulture))];
        var data = bytes.AsSpan(10 + length);
        string type = Type().Match(header).Groups[1].Value;
        if (type == "<f8") return Tensor.Create<float>(new Shape(dims), Array.ConvertAll(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, double>(data).ToArray(), d => (float)d));
        var tensor = Tensor.Create(type switch
        {
            "<f4" => DataType.Float32,
            "<i8" => DataType.Int64,
            "|u1" => DataType.UInt8,
            "|i1" => DataType.Int8,
            _ => throw new InvalidDataException($"{what}: element type {type} is not read"),
        }, new Shape(dims));
        data[..checked((int)tensor.ByteLength)].CopyTo(tensor.Bytes);
        return tensor;
    }

    [GeneratedRegex(@"'shape': \(([^)]*)\)")]
    private static partial Regex Shape();

    [GeneratedRegex("'descr': '([^']*)'")]
    private static partial Regex Type();
}
