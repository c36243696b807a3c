using Edge.Onnx;
using Edge.Runtime.Execution;
using Edge.Runtime.Import;

namespace Edge.Conformance;

/// <summary>Reads what ONNX's node tests store an input or output in: a TensorProto, SequenceProto or OptionalProto.</summary>
internal static class ValueFile
{
    public static RunValue Read(string path, TypeProto type) => Read(File.ReadAllBytes(path), type, path);

    private static RunValue Read(ReadOnlyMemory<byte> bytes, TypeProto type, string path)
    {
        var value = new RunValue();
        if (type.Tensor is not null) value.Refer(TensorImporter.Import(OnnxReader.ReadTensor(bytes, path), null, path));
        // SequenceProto { tensor_values = 3 }
        else if (type.Sequence is not null) value.Refer(new TensorSequence([.. Fields(bytes, 3).Select(b => TensorImporter.Import(OnnxReader.ReadTensor(b, path), null, path))]));
        // OptionalProto { tensor_value = 3, sequence_value = 5 }
        else if (type.Optional?.ElemType is { } inner && Fields(bytes, inner.Tensor is null ? 5 : 3).FirstOrDefault() is { Length: > 0 } held) value.Refer(Read(held, inner, path));
        return value;
    }

    /// <summary>The length-delimited fields of that number.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> Fields(ReadOnlyMemory<byte> message, int number)
    {
        int at = 0;
        while (at < message.Length)
        {
            long tag = Varint(message, ref at);
            long value = Varint(message, ref at);
            if ((tag & 7) == 0) continue;
            if ((tag & 7) != 2) throw new InvalidDataException($"wire type {tag & 7} is not expected here");
            if (tag >> 3 == number) yield return message.Slice(at, (int)value);
            at += (int)value;
        }
    }

    private static long Varint(ReadOnlyMemory<byte> message, ref int at)
    {
        long value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte b = message.Span[at++];
            value |= (long)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
    }
}
