using System.Buffers;
using Edge.Onnx;
using Edge.Runtime.Operators;
using Edge.Tensors;

namespace Edge.Runtime.Import;

/// <summary>Makes tensors of initializers and attributes.</summary>
internal static unsafe class TensorImporter
{
    /// <exception cref="ModelException">The element type is not supported, or data and dimensions disagree.</exception>
    public static Tensor Import(TensorProto proto, OnnxFile? file, string modelName)
    {
        var type = Enum.IsDefined((DataType)proto.DataType) ? (DataType)proto.DataType : DataType.Undefined;
        if (type.Size() == 0) throw new ModelException($"{Name()}: element type {(ElementType)proto.DataType} is not supported; supported: integers of 2 to 64 bits, floating-point numbers of 16 to 64, bool and string");
        var shape = ShapeOf(proto, modelName);
        if (type == DataType.String) return ImportStrings(proto, shape, Name());
        var bytes = file is null ? proto.GetBytes() : file.GetBytes(proto);
        // Weights that stay packed take no more memory than that.
        if (type.PackedBits() > 0) return Packed(bytes, type, shape);
        if (bytes.Length != (long)shape.Count * type.Size())
            throw new ModelException($"{Name()}: {bytes.Length} bytes of data do not fill shape {shape} of {type.OnnxName()}");
        // Elsewhere a bool is 0 or 1: kernels count with them.
        if (type == DataType.Bool && bytes.Span.ContainsAnyExceptInRange((byte)0, (byte)1)) throw new ModelException($"{Name()}: a bool is neither 0 nor 1");

        // Small tensors are copied, which aligns them; large ones stay where they are. The memory stays pinned for the
        // life of the tensor, which owns the handle.
        if (bytes.Length <= 4096)
        {
            var copy = Tensor.Create(type, shape);
            bytes.Span.CopyTo(copy.Bytes);
            return copy;
        }

        var pin = new Pin(bytes.Pin());
        return Tensor.Borrow(type, shape, pin.Pointer, pin);

        string Name() => NameOf(proto, modelName);
    }

    private static string NameOf(TensorProto proto, string modelName) => $"{modelName}: tensor '{proto.Name}'";

    private static Tensor Packed(ReadOnlyMemory<byte> bytes, DataType type, Shape shape) =>
        Tensor.Defer(type, shape, () => Unpack(bytes.Span, type, shape), bytes);

    /// <summary>Two or four elements lie in a byte, lowest bits first; the message has seen to their number.</summary>
    private static Tensor Unpack(ReadOnlySpan<byte> packed, DataType type, Shape shape)
    {
        var tensor = Tensor.Create(type, shape);
        int bits = type.PackedBits(), perByte = 8 / bits;
        bool signed = type.Unpacked() == DataType.Int8;
        var elements = tensor.Bytes;
        for (int i = 0; i < elements.Length; i++)
        {
            // To the upper end of the byte and back, which leaves copies of the sign.
            int high = packed[i / perByte] << (8 - bits - i % perByte * bits) & 0xFF;
            elements[i] = signed ? (byte)((sbyte)high >> (8 - bits)) : (byte)(high >> (8 - bits));
        }

        return tensor;
    }

    private static Tensor ImportStrings(TensorProto proto, Shape shape, string name)
    {
        if (proto.StringData.Count != shape.Count || proto.RawData.Length > 0 || proto.DataLocation == DataLocation.External)
            throw new ModelException($"{name}: {proto.StringData.Count} strings in string_data do not fill shape {shape}");
        var tensor = Tensor.Create(DataType.String, shape);
        for (int i = 0; i < shape.Count; i++) ((long*)tensor.Data)[i] = Texts.Intern(Texts.Decode(proto.StringData[i].Span, name), name);
        return tensor;
    }

    private static Shape ShapeOf(TensorProto proto, string modelName)
    {
        if (proto.Dims.Count > Execution.NodeInference.MaxRank) throw new ModelException($"{NameOf(proto, modelName)} has {proto.Dims.Count} axes; supported: {Execution.NodeInference.MaxRank}");
        var dims = new int[proto.Dims.Count];
        for (int i = 0; i < dims.Length; i++)
        {
            long d = proto.Dims[i];
            if (d is < 0 or > int.MaxValue) throw new ModelException($"{NameOf(proto, modelName)}: dimension {d} is out of range");
            dims[i] = (int)d;
        }

        try
        {
            return new Shape(dims);
        }
        catch (ArgumentException e)
        {
            throw new ModelException($"{NameOf(proto, modelName)}: {e.Message}", e);
        }
    }

    private sealed class Pin(MemoryHandle handle)
    {
        private MemoryHandle _handle = handle;

        ~Pin() => _handle.Dispose();

        public void* Pointer => _handle.Pointer;
    }
}
