using System.Text;
using Edge.Onnx.Wire;

namespace Edge.Onnx;

/// <summary>A named constant of a node. <see cref="Type"/> says which of the values holds it; files of IR version 1 have no type.</summary>
public sealed class AttributeProto : OnnxMessage
{
    private List<float>? _floats;
    private List<long>? _ints;
    private List<ReadOnlyMemory<byte>>? _strings;
    private List<TensorProto>? _tensors;
    private List<GraphProto>? _graphs;
    private List<TypeProto>? _typeValues;
    private List<SparseTensorProto>? _sparseTensors;

    public string Name { get; set => field = Set(1, value); } = "";

    public float F { get; set => field = Set(2, value); }

    public long I { get; set => field = Set(3, value); }

    /// <summary>Text as UTF-8, by convention.</summary>
    public ReadOnlyMemory<byte> S { get; set => field = Set(4, value); }

    public TensorProto? T { get; set; }

    public GraphProto? G { get; set; }

    public List<float> Floats { get => _floats ??= []; set => _floats = value; }

    public List<long> Ints { get => _ints ??= []; set => _ints = value; }

    public List<ReadOnlyMemory<byte>> Strings { get => _strings ??= []; set => _strings = value; }

    public List<TensorProto> Tensors { get => _tensors ??= []; set => _tensors = value; }

    public List<GraphProto> Graphs { get => _graphs ??= []; set => _graphs = value; }

    public string DocString { get; set => field = Set(13, value); } = "";

    public TypeProto? TypeValue { get; set; }

    public List<TypeProto> TypeValues { get => _typeValues ??= []; set => _typeValues = value; }

    public AttributeType Type { get; set => field = Set(20, value); }

    /// <summary>Inside a function: the function's attribute that gives the value.</summary>
    public string RefAttrName { get; set => field = Set(21, value); } = "";

    public SparseTensorProto? SparseTensor { get; set; }

    public List<SparseTensorProto> SparseTensors { get => _sparseTensors ??= []; set => _sparseTensors = value; }

    /// <summary>An attribute of one number. For a list that has one entry, pass an array.</summary>
    public static AttributeProto Of(string name, long value) => new() { Name = name, I = value, Type = AttributeType.Int };

    public static AttributeProto Of(string name, float value) => new() { Name = name, F = value, Type = AttributeType.Float };

    public static AttributeProto Of(string name, string value) =>
        new() { Name = name, S = Encoding.UTF8.GetBytes(value), Type = AttributeType.String };

    public static AttributeProto Of(string name, TensorProto value) => new() { Name = name, T = value, Type = AttributeType.Tensor };

    public static AttributeProto Of(string name, GraphProto value) => new() { Name = name, G = value, Type = AttributeType.Graph };

    public static AttributeProto Of(string name, params IEnumerable<long> values) =>
        new() { Name = name, Ints = [.. values], Type = AttributeType.Ints };

    public static AttributeProto Of(string name, params IEnumerable<float> values) =>
        new() { Name = name, Floats = [.. values], Type = AttributeType.Floats };

    public static AttributeProto Of(string name, params IEnumerable<string> values) =>
        new() { Name = name, Strings = [.. values.Select(value => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(value))], Type = AttributeType.Strings };

    internal override int Footprint => 176;

    internal override bool ReadField(ref WireReader reader, WireTag tag)
    {
        switch (tag.Field)
        {
            case 1: Name = reader.String(tag, "name"); break;
            case 2: F = reader.Float(tag, "f"); break;
            case 3: I = reader.Int64(tag, "i"); break;
            case 4: S = reader.Bytes(tag, "s"); break;
            case 5: T = reader.Message(tag, "t", T); break;
            case 6: G = reader.Message(tag, "g", G); break;
            case 7: reader.Floats(tag, "floats", ref _floats); break;
            case 8: reader.Int64s(tag, "ints", ref _ints); break;
            case 9: reader.ByteStrings(tag, "strings", ref _strings); break;
            case 10: reader.Messages(tag, "tensors", ref _tensors); break;
            case 11: reader.Messages(tag, "graphs", ref _graphs); break;
            case 13: DocString = reader.String(tag, "doc_string"); break;
            case 14: TypeValue = reader.Message(tag, "tp", TypeValue); break;
            case 15: reader.Messages(tag, "type_protos", ref _typeValues); break;
            case 20: Type = (AttributeType)reader.Int32(tag, "type"); break;
            case 21: RefAttrName = reader.String(tag, "ref_attr_name"); break;
            case 22: SparseTensor = reader.Message(tag, "sparse_tensor", SparseTensor); break;
            case 23: reader.Messages(tag, "sparse_tensors", ref _sparseTensors); break;
            default: return false;
        }
        return true;
    }

    internal override void WriteFields(FieldSink sink)
    {
        if (Has(1)) sink.String(1, "name", Name);
        if (Has(2)) sink.Float(2, "f", F);
        if (Has(3)) sink.Int64(3, "i", I);
        if (Has(4)) sink.Bytes(4, "s", S);
        sink.Message(5, "t", T);
        sink.Message(6, "g", G);
        sink.Floats(7, "floats", _floats);
        sink.Int64s(8, "ints", _ints);
        sink.ByteStrings(9, "strings", _strings);
        sink.Messages(10, "tensors", _tensors);
        sink.Messages(11, "graphs", _graphs);
        if (Has(13)) sink.String(13, "doc_string", DocString);
        sink.Message(14, "tp", TypeValue);
        sink.Messages(15, "type_protos", _typeValues);
        if (Has(20)) sink.Int32(20, "type", (int)Type);
        if (Has(21)) sink.String(21, "ref_attr_name", RefAttrName);
        sink.Message(22, "sparse_tensor", SparseTensor);
        sink.Messages(23, "sparse_tensors", _sparseTensors);
    }
}
