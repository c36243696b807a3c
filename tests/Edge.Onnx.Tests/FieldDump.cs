using System.Globalization;
using System.Text;
using Edge.Onnx.Wire;

namespace Edge.Onnx.Tests;

/// <summary>
/// Describes a message field by field, one line a value: path, field and value, with presence, so that two messages are
/// equal exactly when their descriptions are. Independent of how sizes and bytes are written.
/// </summary>
internal sealed class FieldDump : FieldSink
{
    private readonly StringBuilder _text = new();
    private readonly Stack<string> _path = new();

    public static string Of(OnnxMessage message)
    {
        FieldDump dump = new();
        message.WriteAll(dump);
        return dump._text.ToString();
    }

    public override void Int64(int field, string name, long value) => Line(field, name, value.ToString(CultureInfo.InvariantCulture));

    public override void Float(int field, string name, float value) => Line(field, name, $"{BitConverter.SingleToUInt32Bits(value):x8}");

    public override void String(int field, string name, string value) => Line(field, name, $"\"{value}\"");

    public override void Bytes(int field, string name, ReadOnlyMemory<byte> value) => Line(field, name, Hex(value));

    public override void PackedInt32s(int field, string name, List<int>? values) => List(field, name, values, value => value.ToString(CultureInfo.InvariantCulture));

    public override void PackedInt64s(int field, string name, List<long>? values) => List(field, name, values, value => value.ToString(CultureInfo.InvariantCulture));

    public override void PackedUInt64s(int field, string name, List<ulong>? values) => List(field, name, values, value => value.ToString(CultureInfo.InvariantCulture));

    public override void PackedFloats(int field, string name, List<float>? values) => List(field, name, values, value => $"{BitConverter.SingleToUInt32Bits(value):x8}");

    public override void PackedDoubles(int field, string name, List<double>? values) => List(field, name, values, value => $"{BitConverter.DoubleToUInt64Bits(value):x16}");

    /// <summary>In how many pieces unknown fields are kept is not a matter of equality.</summary>
    public override void Unknown(List<ReadOnlyMemory<byte>> fields) => Line(0, "unknown", string.Concat(fields.Select(piece => Convert.ToHexString(piece.Span))));

    protected override void Present(int field, string name, OnnxMessage message)
    {
        Line(field, name, "{");
        _path.Push(name);
        message.WriteAll(this);
        _path.Pop();
        Line(field, name, "}");
    }

    private static string Hex(ReadOnlyMemory<byte> bytes) =>
        bytes.Length <= 64 ? Convert.ToHexString(bytes.Span) : $"{bytes.Length} bytes {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes.Span))}";

    private void List<T>(int field, string name, List<T>? values, Func<T, string> text)
    {
        if (values is { Count: > 0 }) Line(field, name, string.Join(' ', values.Select(text)));
    }

    private void Line(int field, string name, string value) =>
        _text.Append(string.Join('.', _path.Reverse())).Append(' ').Append(field).Append(' ').Append(name).Append(' ').Append(value).Append('\n');
}
