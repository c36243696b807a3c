using System.Runtime.InteropServices;
using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Quantization.Metrics;

/// <summary>Elements of any numeric tensor as doubles, by value.</summary>
public static class TensorNumbers
{
    /// <exception cref="ModelException">The tensor holds strings.</exception>
    public static double[] Of(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.Type switch
        {
            DataType.Float32 => Array.ConvertAll(tensor.AsSpan<float>().ToArray(), v => (double)v),
            DataType.Float64 => tensor.AsSpan<double>().ToArray(),
            DataType.Float16 => Array.ConvertAll(tensor.AsSpan<Half>().ToArray(), v => (double)v),
            DataType.BFloat16 => Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(tensor.Bytes).ToArray(), v => (double)BitConverter.UInt32BitsToSingle((uint)v << 16)),
            DataType.UInt8 => Array.ConvertAll(tensor.AsSpan<byte>().ToArray(), v => (double)v),
            DataType.Int8 => Array.ConvertAll(tensor.AsSpan<sbyte>().ToArray(), v => (double)v),
            DataType.UInt16 => Array.ConvertAll(tensor.AsSpan<ushort>().ToArray(), v => (double)v),
            DataType.Int16 => Array.ConvertAll(tensor.AsSpan<short>().ToArray(), v => (double)v),
            DataType.UInt32 => Array.ConvertAll(tensor.AsSpan<uint>().ToArray(), v => (double)v),
            DataType.Int32 => Array.ConvertAll(tensor.AsSpan<int>().ToArray(), v => (double)v),
            DataType.UInt64 => Array.ConvertAll(tensor.AsSpan<ulong>().ToArray(), v => (double)v),
            DataType.Int64 => Array.ConvertAll(tensor.AsSpan<long>().ToArray(), v => (double)v),
            DataType.Bool => Array.ConvertAll(tensor.AsSpan<bool>().ToArray(), v => v ? 1.0 : 0.0),
            _ => throw new ModelException($"outputs of type {tensor.Type.OnnxName()} cannot be compared"),
        };
    }

    /// <summary>Place of the first maximum; −1 for an empty tensor.</summary>
    public static int ArgMax(ReadOnlySpan<double> values)
    {
        int best = values.Length == 0 ? -1 : 0;
        for (int i = 1; i < values.Length; i++)
            if (values[i] > values[best]) best = i;
        return best;
    }
}
