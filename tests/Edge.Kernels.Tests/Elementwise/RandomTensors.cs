using Edge.Tensors;

namespace Edge.Kernels.Tests.Elementwise;

/// <summary>Tensors of small numbers of any type, extremes among them, and their elements as integers.</summary>
internal static class RandomTensors
{
    public static Tensor Create(DataType type, Shape shape, Random random)
    {
        Tensor t = Tensor.Create(type, shape);
        for (int i = 0; i < t.Count; i++)
        {
            int small = random.Next(-9, 10);
            switch (type)
            {
                case DataType.Float32: t.AsSpan<float>()[i] = (float)(random.NextDouble() * 20 - 10); break;
                case DataType.Float64: t.AsSpan<double>()[i] = random.NextDouble() * 20 - 10; break;
                case DataType.Bool: t.AsSpan<bool>()[i] = random.Next(2) == 1; break;
                case DataType.UInt8 or DataType.UInt16 or DataType.UInt32 or DataType.UInt64: Set(t, i, Math.Abs(small)); break;
                default: Set(t, i, small); break;
            }
        }
        return t;
    }

    /// <summary>An element; fractions of floats are scaled up so that comparisons hold.</summary>
    public static Int128 Get(Tensor t, int i) => t.Type switch
    {
        DataType.Float32 => (Int128)(t.AsSpan<float>()[i] * 1e12),
        DataType.Float64 => (Int128)(t.AsSpan<double>()[i] * 1e12),
        DataType.Int8 => t.AsSpan<sbyte>()[i],
        DataType.UInt8 => t.AsSpan<byte>()[i],
        DataType.Int16 => t.AsSpan<short>()[i],
        DataType.UInt16 => t.AsSpan<ushort>()[i],
        DataType.Int32 => t.AsSpan<int>()[i],
        DataType.UInt32 => t.AsSpan<uint>()[i],
        DataType.Int64 => t.AsSpan<long>()[i],
        DataType.UInt64 => t.AsSpan<ulong>()[i],
        _ => throw new ArgumentOutOfRangeException(nameof(t)),
    };

    /// <summary>Wraps.</summary>
    public static void Set(Tensor t, int i, Int128 value)
    {
        unchecked
        {
            switch (t.Type)
            {
                case DataType.Int8: t.AsSpan<sbyte>()[i] = (sbyte)value; break;
                case DataType.UInt8: t.AsSpan<byte>()[i] = (byte)value; break;
                case DataType.Int16: t.AsSpan<short>()[i] = (short)value; break;
                case DataType.UInt16: t.AsSpan<ushort>()[i] = (ushort)value; break;
                case DataType.Int32: t.AsSpan<int>()[i] = (int)value; break;
                case DataType.UInt32: t.AsSpan<uint>()[i] = (uint)value; break;
                case DataType.Int64: t.AsSpan<long>()[i] = (long)value; break;
                case DataType.UInt64: t.AsSpan<ulong>()[i] = (ulong)value; break;
                default: throw new ArgumentOutOfRangeException(nameof(t));
            }
        }
    }
}
