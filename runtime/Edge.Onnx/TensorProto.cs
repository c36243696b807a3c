using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>A constant array, row-major. Its elements are in one of four places: <see cref="RawData"/>, one of the typed lists, <see cref="StringData"/> or an external file.</summary>
public sealed class TensorProto : OnnxMessage
{
    private List<long>? _dims;
    private List<float>? _floatData;
    private List<int>? _int32Data;
    private List<ReadOnlyMemory<byte>>? _stringData;
    private List<long>? _int64Data;
    private List<double>? _doubleData;
    private List<ulong>? _uInt64Data;
    private List<StringStringEntryProto>? _externalData;
    private List<StringStringEntryProto>? _metadataProps;

    /// <summary>Empty for a scalar.</summary>
    public List<long> Dims { get => _dims ??= []; set => _dims = value; }

    /// <summary>A value of <see cref="ElementType"/>, or one that this version does not know.</summary>
    public int DataType { get; set => field = Set(2, value); }

    /// <summary>The part of a larger tensor that this message holds; written by no known tool.</summary>
    public TensorSegmentProto? Segment { get; set; }

    /// <summary>float; complex64 as pairs.</summary>
    public List<float> FloatData { get => _floatData ??= []; set => _floatData = value; }

    /// <summary>int32 and every narrower type: 16-bit and 8-bit floats as their bits, 4-bit elements in pairs, 2-bit in fours.</summary>
    public List<int> Int32Data { get => _int32Data ??= []; set => _int32Data = value; }

    public List<ReadOnlyMemory<byte>> StringData { get => _stringData ??= []; set => _stringData = value; }

    public List<long> Int64Data { get => _int64Data ??= []; set => _int64Data = value; }

    public string Name { get; set => field = Set(8, value); } = "";

    /// <summary>Little-endian elements. After reading, a view of the file, never a copy.</summary>
    public ReadOnlyMemory<byte> RawData { get; set => field = Set(9, value); }

    /// <summary>double; complex128 as pairs.</summary>
    public List<double> DoubleData { get => _doubleData ??= []; set => _doubleData = value; }

    /// <summary>uint64 and uint32.</summary>
    public List<ulong> UInt64Data { get => _uInt64Data ??= []; set => _uInt64Data = value; }

    public string DocString { get; set => field = Set(12, value); } = "";

    /// <summary>Where the elements lie: <c>location</c>, <c>offset</c>, <c>length</c>, <c>checksum</c>.</summary>
    public List<StringStringEntryProto> ExternalData { get => _externalData ??= []; set => _externalData = value; }

    public DataLocation DataLocation { get; set => field = Set(14, value); }

    public List<StringStringEntryProto> MetadataProps { get => _metadataProps ??= []; set => _metadataProps = value; }

    /// <summary>Whether one of the typed lists, or <see cref="StringData"/>, has entries.</summary>
    internal bool HasTypedEntries => _floatData is { Count: > 0 } || _int32Data is { Count: > 0 } || _stringData is { Count: > 0 }
        || _int64Data is { Count: > 0 } || _doubleData is { Count: > 0 } || _uInt64Data is { Count: > 0 };

    /// <summary><see cref="DataType"/> as an enumeration.</summary>
    public ElementType ElementType => (ElementType)DataType;

    /// <summary>
    /// The elements as little-endian bytes: <see cref="RawData"/> itself, or a converted copy of the typed list. Elements of less
    /// than a byte are packed, the first in the lowest bits.
    /// </summary>
    /// <exception cref="ModelException">
    /// The elements do not match shape and type, are strings, or are in an external file (see <see cref="OnnxFile.GetBytes"/>).
    /// </exception>
    public ReadOnlyMemory<byte> GetBytes() => TensorElements.Embedded(this);

    internal override int Footprint => 152;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: reader.Int64s(tag, "dims", ref _dims); break;
            case 2: DataType = reader.Int32(tag, "data_type"); break;
            case 3: Segment = reader.Message(tag, "segment", Segment); break;
            case 4: reader.Floats(tag, "float_data", ref _floatData); break;
            case 5: reader.Int32s(tag, "int32_data", ref _int32Data); break;
            case 6: reader.ByteStrings(tag, "string_data", ref _stringData); break;
            case 7: reader.Int64s(tag, "int64_data", ref _int64Data); break;
            case 8: Name = reader.String(tag, "name"); break;
            case 9: RawData = reader.Bytes(tag, "raw_data"); break;
            case 10: reader.Doubles(tag, "double_data", ref _doubleData); break;
            case 11: reader.UInt64s(tag, "uint64_data", ref _uInt64Data); break;
            case 12: DocString = reader.String(tag, "doc_string"); break;
            case 13: reader.Messages(tag, "external_data", ref _externalData); break;
            case 14: DataLocation = (DataLocation)reader.Int32(tag, "data_location"); break;
            case 16: reader.Messages(tag, "metadata_props", ref _metadataProps); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        sink.Int64s(1, "dims", _dims);
        if (Has(2)) sink.Int32(2, "data_type", DataType);
        sink.Message(3, "segment", Segment);
        sink.PackedFloats(4, "float_data", _floatData);
        sink.PackedInt32s(5, "int32_data", _int32Data);
        sink.ByteStrings(6, "string_data", _stringData);
        sink.PackedInt64s(7, "int64_data", _int64Data);
        if (Has(8)) sink.String(8, "name", Name);
        if (Has(9)) sink.Bytes(9, "raw_data", RawData);
        sink.PackedDoubles(10, "double_data", _doubleData);
        sink.PackedUInt64s(11, "uint64_data", _uInt64Data);
        if (Has(12)) sink.String(12, "doc_string", DocString);
        sink.Messages(13, "external_data", _externalData);
        if (Has(14)) sink.Int32(14, "data_location", (int)DataLocation);
        sink.Messages(16, "metadata_props", _metadataProps);
    }
}
