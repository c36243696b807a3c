using Edge.Tensors;

namespace Edge.Runtime.Tests.Operators;

/// <summary>Random tensors, the same for the same seed.</summary>
internal sealed class Draw(int seed)
{
    private readonly Random _random = new(seed);

    public int Int(int low, int high) => _random.Next(low, high + 1);

    /// <summary>Uniform in <c>[low, high)</c>; integers include <paramref name="high"/>.</summary>
    public Tensor Tensor(DataType type, double low, double high, params ReadOnlySpan<int> dims)
    {
        Tensor t = Tensors.Tensor.Create(type, new Shape(dims));
        for (int i = 0; i < t.Count; i++)
        {
            double v = low + _random.NextDouble() * (high - low);
            long n = _random.NextInt64((long)low, (long)high + 1);
            switch (type)
            {
                case DataType.Float32: t.AsSpan<float>()[i] = (float)v; break;
                case DataType.Float64: t.AsSpan<double>()[i] = v; break;
                case DataType.Int8: t.AsSpan<sbyte>()[i] = (sbyte)n; break;
                case DataType.UInt8: t.AsSpan<byte>()[i] = (byte)n; break;
                case DataType.Int16: t.AsSpan<short>()[i] = (short)n; break;
                case DataType.UInt16: t.AsSpan<ushort>()[i] = (ushort)n; break;
                case DataType.Int32: t.AsSpan<int>()[i] = (int)n; break;
                case DataType.Int64: t.AsSpan<long>()[i] = n; break;
                case DataType.Bool: t.AsSpan<bool>()[i] = n != 0; break;
                default: throw new ArgumentOutOfRangeException(nameof(type));
            }
        }
        return t;
    }

    public Tensor Float(params ReadOnlySpan<int> dims) => Tensor(DataType.Float32, -4, 4, dims);

    /// <summary>All values of the type occur with the same probability.</summary>
    public Tensor Bytes(DataType type, params ReadOnlySpan<int> dims) =>
        type == DataType.Int8 ? Tensor(type, -128, 127, dims) : Tensor(type, 0, 255, dims);

    public static Tensor Scalar(float value) => Tensors.Tensor.Create<float>(Shape.Scalar, [value]);

    public static Tensor Zero(DataType type, int value)
    {
        Tensor t = Tensors.Tensor.Create(type, Shape.Scalar);
        if (type == DataType.Int8) t.AsSpan<sbyte>()[0] = (sbyte)value;
        else t.AsSpan<byte>()[0] = (byte)value;
        return t;
    }
}
