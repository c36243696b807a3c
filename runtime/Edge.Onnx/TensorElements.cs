using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Edge.Onnx;

/// <summary>
/// The elements of a tensor as little-endian bytes, whichever of its fields holds them, by the rules of onnx.proto. The number
/// of bytes is compared with shape and element type before anything is allocated.
/// </summary>
internal static class TensorElements
{
    private const int MaxBits = 128;

    /// <summary>Elements of the shape: the product of the dimensions.</summary>
    public static long Count(TensorProto tensor)
    {
        foreach (long dim in tensor.Dims)
        {
            if (dim < 0) Fail(tensor, "a dimension is negative");
        }
        if (tensor.Dims.Contains(0)) return 0;
        long count = 1;
        foreach (long dim in tensor.Dims)
        {
            if (count > long.MaxValue / MaxBits / dim) Fail(tensor, "the shape has more elements than any file can hold");
            count *= dim;
        }
        return count;
    }

    /// <summary>Bytes of all elements in the form of raw_data; elements of less than a byte are packed, lowest bits first.</summary>
    public static long ByteLength(TensorProto tensor)
    {
        int bits = tensor.ElementType.Bits();
        if (bits == 0) Fail(tensor, $"elements of type {tensor.ElementType.OnnxName()} have no fixed size");
        return (Count(tensor) * bits + 7) / 8;
    }

    /// <summary>The bytes of a tensor whose elements are in its message.</summary>
    public static ReadOnlyMemory<byte> Embedded(TensorProto tensor)
    {
        if (tensor.DataLocation == DataLocation.External) Fail(tensor, "its elements are in an external file: open the model with OnnxFile");
        if (tensor.Segment is not null) Fail(tensor, "a tensor that is cut in segments is not supported");
        long length = ByteLength(tensor);
        long typed = TypedEntries(tensor, out string? field);
        if (tensor.RawData.Length != 0 || field is null)
        {
            if (field is not null) Fail(tensor, $"its elements are both in raw_data and in {field}");
            if (tensor.RawData.Length != length) Fail(tensor, $"raw_data has {tensor.RawData.Length:N0} bytes, the shape needs {length:N0}");
            return tensor.RawData;
        }
        (string rightField, long needed) = Storage(tensor);
        if (field != rightField) Fail(tensor, $"its elements are in {field} instead of {rightField} or raw_data");
        if (typed != needed) Fail(tensor, $"{field} has {typed:N0} entries, the shape needs {needed:N0}");
        return Converted(tensor, checked((int)length));
    }

    [DoesNotReturn]
    public static void Fail(TensorProto tensor, string problem) => throw new ModelException(
        $"tensor '{tensor.Name}' ({tensor.ElementType.OnnxName()}[{string.Join(',', tensor.Dims)}]): {problem}");

    /// <summary>Entries of the typed list that is in use, and its field; of several, of the last.</summary>
    private static long TypedEntries(TensorProto tensor, out string? field)
    {
        field = null;
        // Most tensors have none of the lists, which looking at them would make.
        if (!tensor.HasTypedEntries) return 0;
        ReadOnlySpan<(string Field, int Count)> lists =
        [
            ("float_data", tensor.FloatData.Count), ("int32_data", tensor.Int32Data.Count), ("string_data", tensor.StringData.Count),
            ("int64_data", tensor.Int64Data.Count), ("double_data", tensor.DoubleData.Count), ("uint64_data", tensor.UInt64Data.Count),
        ];
        int entries = 0;
        foreach ((string name, int count) in lists)
        {
            if (count == 0) continue;
            if (field is not null) Fail(tensor, $"its elements are both in {field} and in {name}");
            (field, entries) = (name, count);
        }
        return entries;
    }

    /// <summary>The typed list that holds elements of the tensor's type, and the entries it must have.</summary>
    private static (string Field, long Entries) Storage(TensorProto tensor)
    {
        long count = Count(tensor);
        return tensor.ElementType switch
        {
            ElementType.Float => ("float_data", count),
            ElementType.Complex64 => ("float_data", 2 * count),
            ElementType.Double => ("double_data", count),
            ElementType.Complex128 => ("double_data", 2 * count),
            ElementType.Int64 => ("int64_data", count),
            ElementType.UInt64 or ElementType.UInt32 => ("uint64_data", count),
            var type => ("int32_data", type.Bits() < 8 ? ByteLength(tensor) : count),
        };
    }

    private static byte[] Converted(TensorProto tensor, int length)
    {
        byte[] bytes = new byte[length];
        switch (tensor.ElementType)
        {
            case ElementType.Float or ElementType.Complex64:
                for (int i = 0; i < length / 4; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), tensor.FloatData[i]);
                break;
            case ElementType.Double or ElementType.Complex128:
                for (int i = 0; i < length / 8; i++) BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(8 * i), tensor.DoubleData[i]);
                break;
            case ElementType.Int64:
                for (int i = 0; i < length / 8; i++) BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8 * i), tensor.Int64Data[i]);
                break;
            case ElementType.UInt64:
                for (int i = 0; i < length / 8; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8 * i), tensor.UInt64Data[i]);
                break;
            case ElementType.UInt32:
                for (int i = 0; i < length / 4; i++) BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 * i), Narrow32(tensor, i));
                break;
            default:
                ConvertInt32s(tensor, bytes);
                break;
        }
        return bytes;
    }

    /// <summary>
    /// int32 and what is narrower: one entry is one element of 1, 2 or 4 bytes, or one byte of packed smaller elements. Writers
    /// differ in whether they extend the sign, so any value that the width holds, signed or unsigned, is taken. Any bool but 0 is 1.
    /// </summary>
    private static void ConvertInt32s(TensorProto tensor, Span<byte> bytes)
    {
        List<int> values = tensor.Int32Data;
        int width = bytes.Length / values.Count;
        for (int i = 0; i < values.Count; i++)
        {
            int value = tensor.ElementType == ElementType.Bool ? Math.Sign(Math.Abs((long)values[i])) : values[i];
            bool fits = width switch
            {
                1 => value is >= sbyte.MinValue and <= byte.MaxValue,
                2 => value is >= short.MinValue and <= ushort.MaxValue,
                _ => true,
            };
            if (!fits) Fail(tensor, $"int32_data[{i}] is {value}, which does not fit the type");
            if (width == 1) bytes[i] = (byte)value;
            else if (width == 2) BinaryPrimitives.WriteInt16LittleEndian(bytes[(2 * i)..], (short)value);
            else BinaryPrimitives.WriteInt32LittleEndian(bytes[(4 * i)..], value);
        }
    }

    private static uint Narrow32(TensorProto tensor, int i)
    {
        ulong value = tensor.UInt64Data[i];
        if (value > uint.MaxValue) Fail(tensor, $"uint64_data[{i}] is {value}, which does not fit the type");
        return (uint)value;
    }
}
