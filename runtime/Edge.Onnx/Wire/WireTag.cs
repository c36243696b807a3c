namespace Edge.Onnx.Wire;

/// <summary>How a field's value is encoded (protobuf's wire types; 6 and 7 do not exist).</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    LengthDelimited = 2,
    StartGroup = 3,
    EndGroup = 4,
    Fixed32 = 5,
}

/// <summary>A field's number and wire type, and where in the file its tag begins.</summary>
internal readonly record struct WireTag(int Field, WireType Type, int Offset);
