namespace Edge.Tensors;

/// <summary>Element types, numbered as in ONNX's <c>TensorProto.DataType</c>.</summary>
public enum DataType : byte
{
    Undefined = 0,
    Float32 = 1,
    UInt8 = 2,
    Int8 = 3,
    UInt16 = 4,
    Int16 = 5,
    Int32 = 6,
    Int64 = 7,
    String = 8,
    Bool = 9,
    Float16 = 10,
    Float64 = 11,
    UInt32 = 12,
    UInt64 = 13,
    BFloat16 = 16,
    UInt4 = 21,
    Int4 = 22,
    UInt2 = 25,
    Int2 = 26,
}

public static class DataTypeExtensions
{
    /// <summary>
    /// Bytes of one element; 0 for types that have no fixed-size in-memory form here. A string is its 8-byte handle in the
    /// <see cref="StringTable"/>. Integers of 2 and 4 bits, which files pack, lie one in a byte, extended by their sign.
    /// </summary>
    public static int Size(this DataType type) => type switch
    {
        DataType.UInt8 or DataType.Int8 or DataType.Bool => 1,
        DataType.UInt4 or DataType.Int4 or DataType.UInt2 or DataType.Int2 => 1,
        DataType.UInt16 or DataType.Int16 or DataType.Float16 or DataType.BFloat16 => 2,
        DataType.Float32 or DataType.Int32 or DataType.UInt32 => 4,
        DataType.Float64 or DataType.Int64 or DataType.UInt64 or DataType.String => 8,
        _ => 0,
    };

    /// <summary>Bits of an integer that is less than a byte: 2 or 4; 0 for all other types.</summary>
    public static int PackedBits(this DataType type) => type switch
    {
        DataType.UInt4 or DataType.Int4 => 4,
        DataType.UInt2 or DataType.Int2 => 2,
        _ => 0,
    };

    /// <summary>The type in whose form elements lie in memory: int8 for signed integers of 2 and 4 bits, uint8 for unsigned ones.</summary>
    public static DataType Unpacked(this DataType type) => type switch
    {
        DataType.Int4 or DataType.Int2 => DataType.Int8,
        DataType.UInt4 or DataType.UInt2 => DataType.UInt8,
        _ => type,
    };

    /// <summary>float16 or bfloat16.</summary>
    public static bool IsHalf(this DataType type) => type is DataType.Float16 or DataType.BFloat16;

    public static bool IsFloatingPoint(this DataType type) => type.IsHalf() || type is DataType.Float32 or DataType.Float64;

    /// <summary>The name as ONNX's documentation writes it: <c>float</c>, <c>uint8</c>, …</summary>
    public static string OnnxName(this DataType type) => type switch
    {
        DataType.Float32 => "float",
        DataType.Float64 => "double",
        DataType.Undefined => "undefined",
        // Written out: the names of kernels are made of them, and reflection takes long when a process begins.
        DataType.UInt8 => "uint8",
        DataType.Int8 => "int8",
        DataType.UInt16 => "uint16",
        DataType.Int16 => "int16",
        DataType.Int32 => "int32",
        DataType.Int64 => "int64",
        DataType.String => "string",
        DataType.Bool => "bool",
        DataType.Float16 => "float16",
        DataType.UInt32 => "uint32",
        DataType.UInt64 => "uint64",
        DataType.BFloat16 => "bfloat16",
        DataType.UInt4 => "uint4",
        DataType.Int4 => "int4",
        DataType.UInt2 => "uint2",
        DataType.Int2 => "int2",
        _ => type.ToString().ToLowerInvariant(),
    };

    /// <summary>The <see cref="DataType"/> stored as the .NET type <typeparamref name="T"/>.</summary>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is not an element type.</exception>
    public static DataType Of<T>() where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return DataType.Float32;
        if (typeof(T) == typeof(byte)) return DataType.UInt8;
        if (typeof(T) == typeof(sbyte)) return DataType.Int8;
        if (typeof(T) == typeof(int)) return DataType.Int32;
        if (typeof(T) == typeof(long)) return DataType.Int64;
        if (typeof(T) == typeof(bool)) return DataType.Bool;
        if (typeof(T) == typeof(double)) return DataType.Float64;
        if (typeof(T) == typeof(Half)) return DataType.Float16;
        if (typeof(T) == typeof(ushort)) return DataType.UInt16;
        if (typeof(T) == typeof(short)) return DataType.Int16;
        if (typeof(T) == typeof(uint)) return DataType.UInt32;
        if (typeof(T) == typeof(ulong)) return DataType.UInt64;
        throw new NotSupportedException($"{typeof(T)} is not a tensor element type");
    }
}
