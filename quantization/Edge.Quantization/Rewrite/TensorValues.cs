using System.Runtime.InteropServices;
using System.Text;
using Edge.Onnx;
using Edge.Tensors;

namespace Edge.Quantization.Rewrite;

/// <summary>Elements of initializers, in and out.</summary>
internal static class TensorValues
{
    extension(TensorProto tensor)
    {
        public bool IsFloat => tensor.DataType == (int)ElementType.Float;

        public long Count => tensor.Dims.Aggregate(1L, (n, d) => n * d);

        /// <summary>A copy of the elements of a float tensor.</summary>
        public float[] Floats()
        {
            if (!tensor.IsFloat) throw new ModelException($"tensor '{tensor.Name}' holds {((ElementType)tensor.DataType).OnnxName()}, not float");
            return MemoryMarshal.Cast<byte, float>(tensor.GetBytes().Span).ToArray();
        }

        /// <summary>A copy of the elements of an int32 or int64 tensor.</summary>
        public long[] Longs() => (ElementType)tensor.DataType switch
        {
            ElementType.Int64 => MemoryMarshal.Cast<byte, long>(tensor.GetBytes().Span).ToArray(),
            ElementType.Int32 => Array.ConvertAll(MemoryMarshal.Cast<byte, int>(tensor.GetBytes().Span).ToArray(), v => (long)v),
            var other => throw new ModelException($"tensor '{tensor.Name}' holds {other.OnnxName()}, not int64 or int32"),
        };
    }

    public static TensorProto Make<T>(string name, ReadOnlySpan<T> values, params ReadOnlySpan<long> dims) where T : unmanaged => new()
    {
        Name = name,
        DataType = (int)DataTypeExtensions.Of<T>(),
        Dims = [.. dims],
        RawData = MemoryMarshal.AsBytes(values).ToArray(),
    };

    public static TensorProto Vector<T>(string name, T[] values) where T : unmanaged => Make<T>(name, values, values.Length);

    public static TensorProto Scalar<T>(string name, T value) where T : unmanaged => Make<T>(name, [value]);

    /// <summary>An initializer with the elements of a tensor that a session returned.</summary>
    public static TensorProto From(string name, Tensor tensor)
    {
        var proto = new TensorProto { Name = name, DataType = (int)tensor.Type, Dims = [.. tensor.Shape.ToArray().Select(d => (long)d)] };
        if (tensor.Type == DataType.String) proto.StringData = [.. tensor.ToStrings().Select(t => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(t))];
        else proto.RawData = tensor.Bytes.ToArray();
        return proto;
    }
}
