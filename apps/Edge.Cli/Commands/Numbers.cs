using System.Runtime.InteropServices;
using Edge.Cli.Output;
using Edge.Tensors;

namespace Edge.Cli.Commands;

/// <summary>Elements of any numeric tensor as doubles.</summary>
internal static class Numbers
{
    public static double[] Of(Tensor t) => t.Type switch
    {
        DataType.Float32 => Array.ConvertAll(t.AsSpan<float>().ToArray(), v => (double)v),
        DataType.Float64 => t.AsSpan<double>().ToArray(),
        DataType.Float16 => Array.ConvertAll(t.AsSpan<Half>().ToArray(), v => (double)v),
        DataType.BFloat16 => Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(t.Bytes).ToArray(), v => (double)BitConverter.UInt32BitsToSingle((uint)v << 16)),
        DataType.UInt8 => Array.ConvertAll(t.AsSpan<byte>().ToArray(), v => (double)v),
        DataType.Int8 => Array.ConvertAll(t.AsSpan<sbyte>().ToArray(), v => (double)v),
        DataType.UInt16 => Array.ConvertAll(t.AsSpan<ushort>().ToArray(), v => (double)v),
        DataType.Int16 => Array.ConvertAll(t.AsSpan<short>().ToArray(), v => (double)v),
        DataType.UInt32 => Array.ConvertAll(t.AsSpan<uint>().ToArray(), v => (double)v),
        DataType.Int32 => Array.ConvertAll(t.AsSpan<int>().ToArray(), v => (double)v),
        DataType.UInt64 => Array.ConvertAll(t.AsSpan<ulong>().ToArray(), v => (double)v),
        DataType.Int64 => Array.ConvertAll(t.AsSpan<long>().ToArray(), v => (double)v),
        DataType.Bool => Array.ConvertAll(t.AsSpan<bool>().ToArray(), v => v ? 1.0 : 0.0),
        _ => throw new CommandException($"outputs of type {t.Type.OnnxName()} cannot be compared"),
    };

    /// <summary>Place of the first maximum; −1 for an empty tensor.</summary>
    public static int ArgMax(ReadOnlySpan<double> values)
    {
        int best = values.Length == 0 ? -1 : 0;
        for (int i = 1; i < values.Length; i++)
            if (values[i] > values[best]) best = i;
        return best;
    }
}
