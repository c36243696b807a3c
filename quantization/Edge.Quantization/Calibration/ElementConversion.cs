using System.Runtime.InteropServices;
using Edge.Tensors;

namespace Edge.Quantization.Calibration;

/// <summary>
/// Numbers of a file as the element type that a model's input asks for. Every number type becomes float32 by its value
/// (a float64 is rounded to nearest); other targets accept only their own type.
/// </summary>
internal static class ElementConversion
{
    public static bool CanConvert(DataType from, DataType to) =>
        from == to || (to == DataType.Float32 && from is not (DataType.Bool or DataType.String or DataType.BFloat16));

    /// <param name="source">Little-endian elements of type <paramref name="from"/>.</param>
    /// <param name="from">A type for which <see cref="CanConvert"/> holds.</param>
    /// <param name="target">Receives as many elements as it has.</param>
    public static void Convert(ReadOnlySpan<byte> source, DataType from, Tensor target)
    {
        if (from == target.Type)
        {
            source[..(int)target.ByteLength].CopyTo(target.Bytes);
            return;
        }
        Span<float> to = target.AsSpan<float>();
        switch (from)
        {
            case DataType.UInt8: Each<byte>(source, to, v => v); break;
            case DataType.Int8: Each<sbyte>(source, to, v => v); break;
            case DataType.UInt16: Each<ushort>(source, to, v => v); break;
            case DataType.Int16: Each<short>(source, to, v => v); break;
            case DataType.UInt32: Each<uint>(source, to, v => v); break;
            case DataType.Int32: Each<int>(source, to, v => v); break;
            case DataType.UInt64: Each<ulong>(source, to, v => v); break;
            case DataType.Int64: Each<long>(source, to, v => v); break;
            case DataType.Float16: Each<Half>(source, to, v => (float)v); break;
            case DataType.Float64: Each<double>(source, to, v => (float)v); break;
            default: throw new ArgumentException($"{from.OnnxName()} does not convert to {target.Type.OnnxName()}", nameof(from));
        }
    }

    private static void Each<T>(ReadOnlySpan<byte> source, Span<float> target, Func<T, float> value) where T : unmanaged
    {
        ReadOnlySpan<T> from = MemoryMarshal.Cast<byte, T>(source);
        for (int i = 0; i < target.Length; i++) target[i] = value(from[i]);
    }
}
