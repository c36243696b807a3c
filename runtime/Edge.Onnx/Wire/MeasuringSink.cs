using System.Numerics;
using System.Text;

namespace Edge.Onnx.Wire;

/// <summary>
/// Computes how many bytes a message takes. The sizes of nested messages and of packed varint lists are kept in
/// <see cref="Sizes"/>, in the order in which a writer meets them, so that writing computes none of them again.
/// </summary>
internal sealed class MeasuringSink : FieldSink
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private int _depth;

    public List<long> Sizes { get; } = [];

    public long Total { get; private set; }

    public static int VarintSize(ulong value) => (BitOperations.Log2(value | 1) + 7) / 7;

    public override void Int64(int field, string name, long value) => Total += TagSize(field) + VarintSize((ulong)value);

    public override void Float(int field, string name, float value) => Total += TagSize(field) + sizeof(float);

    public override void String(int field, string name, string value)
    {
        try
        {
            AddDelimited(field, StrictUtf8.GetByteCount(value));
        }
        catch (EncoderFallbackException e)
        {
            throw new ModelException($"{name} '{value}' cannot be written: it has half a surrogate pair", e);
        }
    }

    public override void Bytes(int field, string name, ReadOnlyMemory<byte> value) => AddDelimited(field, value.Length);

    public override void PackedInt32s(int field, string name, List<int>? values)
    {
        if (values is not { Count: > 0 }) return;
        long size = 0;
        foreach (int value in values) size += VarintSize((ulong)(long)value);
        AddPacked(field, size);
    }

    public override void PackedInt64s(int field, string name, List<long>? values)
    {
        if (values is not { Count: > 0 }) return;
        long size = 0;
        foreach (long value in values) size += VarintSize((ulong)value);
        AddPacked(field, size);
    }

    public override void PackedUInt64s(int field, string name, List<ulong>? values)
    {
        if (values is not { Count: > 0 }) return;
        long size = 0;
        foreach (ulong value in values) size += VarintSize(value);
        AddPacked(field, size);
    }

    public override void PackedFloats(int field, string name, List<float>? values)
    {
        if (values is { Count: > 0 }) AddDelimited(field, (long)values.Count * sizeof(float));
    }

    public override void PackedDoubles(int field, string name, List<double>? values)
    {
        if (values is { Count: > 0 }) AddDelimited(field, (long)values.Count * sizeof(double));
    }

    public override void Unknown(List<ReadOnlyMemory<byte>> fields)
    {
        foreach (ReadOnlyMemory<byte> piece in fields) Total += piece.Length;
    }

    protected override void Present(int field, string name, OnnxMessage message)
    {
        if (++_depth > OnnxLimits.Default.MaxDepth)
            throw new ModelException($"the model cannot be written: its messages are nested deeper than {OnnxLimits.Default.MaxDepth} levels (at '{name}')");
        int place = Sizes.Count;
        Sizes.Add(0);
        long outer = Total;
        Total = 0;
        message.WriteAll(this);
        long size = Total;
        Sizes[place] = size;
        Total = outer;
        AddDelimited(field, size);
        _depth--;
    }

    private static int TagSize(int field) => VarintSize((ulong)field << 3);

    private void AddPacked(int field, long size)
    {
        Sizes.Add(size);
        AddDelimited(field, size);
    }

    private void AddDelimited(int field, long length) => Total += TagSize(field) + VarintSize((ulong)length) + length;
}
