using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Quantization.Calibration;

/// <summary>
/// The header of a NumPy array file (NEP 1, versions 1.0 to 3.0): element type and shape. Only little-endian numbers in
/// C order are accepted; anything else is refused by a message that says how to save the array instead.
/// </summary>
/// <param name="Type">Element type.</param>
/// <param name="Dims">Outermost first; the product of dimensions and element size fits a <see cref="long"/>.</param>
/// <param name="ByteLength">Bytes of all elements, which follow the header.</param>
internal sealed record NpyHeader(DataType Type, IReadOnlyList<long> Dims, long ByteLength)
{
    /// <summary>NumPy itself writes some 100 bytes and refuses to read more than 10,000.</summary>
    private const int MaxHeaderBytes = 10_000;

    /// <summary>NumPy's own limit since version 2.</summary>
    private const int MaxRank = 64;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads the header and leaves <paramref name="stream"/> at the first element.</summary>
    /// <param name="stream">At the start of the array file.</param>
    /// <param name="name">What messages call the file.</param>
    public static NpyHeader Read(Stream stream, string name)
    {
        Span<byte> prefix = stackalloc byte[12];
        if (stream.ReadAtLeast(prefix[..8], 8, throwOnEndOfStream: false) < 8 || !prefix[..6].SequenceEqual(Magic))
            throw new ModelException($"{name}: not a NumPy array file (.npy)");
        int major = prefix[6];
        if (major is < 1 or > 3) throw new ModelException($"{name}: .npy format version {major} is not supported; supported: 1 to 3");
        int sizeBytes = major == 1 ? 2 : 4;
        if (stream.ReadAtLeast(prefix[..sizeBytes], sizeBytes, throwOnEndOfStream: false) < sizeBytes) throw Truncated(name);
        uint length = major == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(prefix) : BinaryPrimitives.ReadUInt32LittleEndian(prefix);
        if (length > MaxHeaderBytes) throw new ModelException($"{name}: the .npy header claims {length} bytes; at most {MaxHeaderBytes} are read");
        byte[] text = new byte[length];
        if (stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false) < text.Length) throw Truncated(name);
        return Parse(Encoding.UTF8.GetString(text), name);
    }

    /// <summary>Parses the Python dictionary <c>{'descr': '&lt;f4', 'fortran_order': False, 'shape': (3, 4), }</c>.</summary>
    internal static NpyHeader Parse(string dictionary, string name)
    {
        string descr = Quoted(dictionary, "descr", name);
        DataType type = ElementType(descr, name);
        long[] dims = ShapeOf(dictionary, name);
        string order = After(dictionary, "fortran_order", name);
        bool fortran = order.StartsWith("True", StringComparison.Ordinal);
        if (!fortran && !order.StartsWith("False", StringComparison.Ordinal)) throw Malformed(name, "fortran_order is neither True nor False");
        // With at most one dimension above 1 both orders are the same.
        if (fortran && dims.Count(d => d > 1) > 1)
            throw new ModelException($"{name}: the array is in Fortran order; save it with numpy.save(file, numpy.ascontiguousarray(array))");
        long bytes = type.Size();
        foreach (long d in dims)
        {
            if (d < 0) throw Malformed(name, $"dimension {d} is negative");
            if (d != 0 && bytes > long.MaxValue / d) throw Malformed(name, $"shape ({string.Join(", ", dims)}) is too large");
            bytes *= d;
        }
        return new NpyHeader(type, dims, bytes);
    }

    private static DataType ElementType(string descr, string name) => descr switch
    {
        "<f4" => DataType.Float32,
        "<f8" => DataType.Float64,
        "<f2" => DataType.Float16,
        "|u1" or "<u1" => DataType.UInt8,
        "|i1" or "<i1" => DataType.Int8,
        "<u2" => DataType.UInt16,
        "<i2" => DataType.Int16,
        "<u4" => DataType.UInt32,
        "<i4" => DataType.Int32,
        "<u8" => DataType.UInt64,
        "<i8" => DataType.Int64,
        "|b1" => DataType.Bool,
        _ => throw new ModelException($"{name}: element type '{descr}' is not supported; supported: little-endian f2 f4 f8 u1 u2 u4 u8 i1 i2 i4 i8 and b1"),
    };

    private static long[] ShapeOf(string dictionary, string name)
    {
        string value = After(dictionary, "shape", name);
        int close = value.IndexOf(')');
        if (!value.StartsWith('(') || close < 0) throw Malformed(name, "shape is not a tuple");
        string[] parts = value[1..close].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length > MaxRank) throw Malformed(name, $"{parts.Length} dimensions");
        return Array.ConvertAll(parts, part =>
            long.TryParse(part.TrimEnd('L'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long d)
                ? d
                : throw Malformed(name, $"dimension '{part}' is not a number"));
    }

    private static string Quoted(string dictionary, string key, string name)
    {
        string value = After(dictionary, key, name);
        int end = value.Length > 1 && value[0] is '\'' or '"' ? value.IndexOf(value[0], 1) : -1;
        if (end < 0) throw Malformed(name, $"{key} is not a string (arrays of records are not supported)");
        return value[1..end];
    }

    /// <summary>What follows <c>'key':</c>.</summary>
    private static string After(string dictionary, string key, string name)
    {
        int at = dictionary.IndexOf($"'{key}'", StringComparison.Ordinal);
        if (at < 0) at = dictionary.IndexOf($"\"{key}\"", StringComparison.Ordinal);
        int colon = at < 0 ? -1 : dictionary.IndexOf(':', at);
        if (colon < 0) throw Malformed(name, $"{key} is missing");
        return dictionary[(colon + 1)..].TrimStart();
    }

    private static ModelException Malformed(string name, string what) => new($"{name}: malformed .npy header: {what}");

    private static ModelException Truncated(string name) => new($"{name}: the .npy header is cut off");
}
