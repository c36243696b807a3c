namespace Edge.Onnx.Wire;

/// <summary>
/// What a message gives its fields to: one implementation measures, one writes, and the tests have one that describes.
/// Field names are those of onnx.proto. Null lists and messages are absent.
/// </summary>
internal abstract class FieldSink
{
    public abstract void Int64(int field, string name, long value);

    public abstract void Float(int field, string name, float value);

    public abstract void String(int field, string name, string value);

    public abstract void Bytes(int field, string name, ReadOnlyMemory<byte> value);

    public abstract void PackedInt32s(int field, string name, List<int>? values);

    public abstract void PackedInt64s(int field, string name, List<long>? values);

    public abstract void PackedUInt64s(int field, string name, List<ulong>? values);

    public abstract void PackedFloats(int field, string name, List<float>? values);

    public abstract void PackedDoubles(int field, string name, List<double>? values);

    /// <summary>Whole encoded fields, in pieces.</summary>
    public abstract void Unknown(List<ReadOnlyMemory<byte>> fields);

    protected abstract void Present(int field, string name, OnnxMessage message);

    public void Int32(int field, string name, int value) => Int64(field, name, value);

    public void Message(int field, string name, OnnxMessage? message)
    {
        if (message is not null) Present(field, name, message);
    }

    public void Messages<T>(int field, string name, List<T>? messages) where T : OnnxMessage
    {
        if (messages is null) return;
        foreach (T message in messages) Present(field, name, message);
    }

    public void Strings(int field, string name, List<string>? values)
    {
        if (values is null) return;
        foreach (string value in values) String(field, name, value);
    }

    public void ByteStrings(int field, string name, List<ReadOnlyMemory<byte>>? values)
    {
        if (values is null) return;
        foreach (ReadOnlyMemory<byte> value in values) Bytes(field, name, value);
    }

    public void Int64s(int field, string name, List<long>? values)
    {
        if (values is null) return;
        foreach (long value in values) Int64(field, name, value);
    }

    public void Floats(int field, string name, List<float>? values)
    {
        if (values is null) return;
        foreach (float value in values) Float(field, name, value);
    }
}
