using System.Globalization;
using System.Text;
using Edge.Onnx;

namespace Edge.Fuzz.Corpus;

/// <summary>
/// A model of one node, written in one line:
/// <code>
/// Conv x=f[1,4,6,6] w=f[8,4,3,3]! b=f[8]! / pads=1,1,1,1 group=1 / y
/// com.microsoft:BiasGelu x=f[2,8] b=f[8]! / / y
/// </code>
/// Inputs are <c>NAME=TYPE[dims]</c>, with <c>!</c> for an initializer of small counting numbers or <c>!1,2,3</c> for one with these
/// elements; <c>-</c> leaves an input out. A dimension may be a letter. Types: f float, d double, h float16, b bfloat16, i int32, l int64,
/// u uint8, s int8, t bool, S string. Attributes are integers, numbers with a point, texts, or lists with commas (a
/// comma at the end makes a list of one, <c>'</c> at the start a text of all that follows); outputs come last.
/// </summary>
internal static class OneNode
{
    public static ModelProto Parse(string line, int opset)
    {
        string[] all = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int attributes = Array.IndexOf(all, "/"), outputs = Array.LastIndexOf(all, "/");
        string[] words = all[..attributes];
        string[] name = words[0].Split(':');
        var graph = new GraphProto { Name = "graph" };
        var node = new NodeProto { Name = "n", OpType = name[^1] };
        if (name.Length == 2) node.Domain = name[0];
        foreach (string word in words.Skip(1)) node.Inputs.Add(word == "-" ? "" : AddInput(graph, word));
        foreach (string word in all[(attributes + 1)..outputs]) node.Attributes.Add(Attribute(word));
        foreach (string word in all[(outputs + 1)..])
        {
            node.Outputs.Add(word == "-" ? "" : word);
            if (word != "-") graph.Outputs.Add(new ValueInfoProto { Name = word });
        }

        graph.Nodes.Add(node);
        return Model(graph, opset, node.Domain);
    }

    /// <summary>A model around a graph, with every operator set that <paramref name="domains"/> names.</summary>
    public static ModelProto Model(GraphProto graph, int opset, params string[] domains)
    {
        var model = new ModelProto { IrVersion = 8, ProducerName = "edge fuzz", Graph = graph };
        model.OpsetImports.Add(new OperatorSetIdProto { Domain = "", Version = opset });
        foreach (string domain in domains.Where(d => d.Length > 0))
            model.OpsetImports.Add(new OperatorSetIdProto { Domain = domain, Version = domain == "ai.onnx.ml" ? 3 : 1 });
        return model;
    }

    /// <summary>Adds what <c>NAME=TYPE[dims]</c> describes to the graph's inputs or initializers; returns the name.</summary>
    public static string AddInput(GraphProto graph, string word)
    {
        int equals = word.IndexOf('='), open = word.IndexOf('['), close = word.IndexOf(']');
        string name = word[..equals];
        var type = TypeOf(word[equals + 1]);
        string[] dims = word[(open + 1)..close].Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (close + 1 < word.Length)
        {
            graph.Initializers.Add(Tensor(name, type, [.. dims.Select(long.Parse)], word[(close + 2)..]));
            return name;
        }

        var shape = new TensorShapeProto();
        foreach (string d in dims) shape.Dims.Add(long.TryParse(d, out long n) ? DimensionProto.Of(n) : DimensionProto.Of(d));
        graph.Inputs.Add(new ValueInfoProto { Name = name, Type = new TypeProto { Tensor = new TensorTypeProto { ElemType = (int)type, Shape = shape } } });
        return name;
    }

    public static TensorProto Tensor(string name, ElementType type, long[] dims, string elements = "")
    {
        long count = dims.Aggregate(1L, (p, d) => p * d);
        string[] given = elements.Split(',', StringSplitOptions.RemoveEmptyEntries);
        var tensor = new TensorProto { Name = name, DataType = (int)type, Dims = [.. dims] };
        if (type == ElementType.String)
        {
            tensor.StringData = [.. Enumerable.Range(0, (int)count).Select(i => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(given.Length > 0 ? given[i % given.Length] : $"s{i}"))];
            return tensor;
        }

        using var bytes = new MemoryStream();
        for (int i = 0; i < count; i++)
        {
            double x = given.Length > 0 ? double.Parse(given[i % given.Length], CultureInfo.InvariantCulture)
                : type is ElementType.Float or ElementType.Double or ElementType.Float16 or ElementType.BFloat16 ? (i % 7 - 3) * 0.25 : i % 3;
            bytes.Write(Element(type, x));
        }

        tensor.RawData = bytes.ToArray();
        return tensor;
    }

    public static AttributeProto Attribute(string word)
    {
        int equals = word.IndexOf('=');
        string name = word[..equals], text = word[(equals + 1)..];
        if (text.StartsWith('\'')) return AttributeProto.Of(name, text[1..]);
        if (text.StartsWith('#')) return AttributeProto.Of(name, Tensor("", TypeOf(text[1]), [text.Count(c => c == ',') + 1], text[2..]));
        string[] items = text.TrimEnd(',').Split(',');
        bool list = text.Contains(',');
        if (items.All(i => long.TryParse(i, out _)))
            return list ? AttributeProto.Of(name, items.Select(long.Parse)) : AttributeProto.Of(name, long.Parse(text));
        if (items.All(i => float.TryParse(i, CultureInfo.InvariantCulture, out _)))
            return list ? AttributeProto.Of(name, items.Select(i => float.Parse(i, CultureInfo.InvariantCulture))) : AttributeProto.Of(name, float.Parse(text, CultureInfo.InvariantCulture));
        return list ? AttributeProto.Of(name, items) : AttributeProto.Of(name, text);
    }

    private static byte[] Element(ElementType type, double x) => type switch
    {
        ElementType.Float => BitConverter.GetBytes((float)x),
        ElementType.Double => BitConverter.GetBytes(x),
        ElementType.Float16 => BitConverter.GetBytes((Half)x),
        ElementType.BFloat16 => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits((float)x) >> 16)),
        ElementType.Int32 => BitConverter.GetBytes((int)x),
        ElementType.Int64 => BitConverter.GetBytes((long)x),
        _ => [unchecked((byte)(int)x)],
    };

    private static ElementType TypeOf(char letter) => letter switch
    {
        'f' => ElementType.Float,
        'd' => ElementType.Double,
        'h' => ElementType.Float16,
        'b' => ElementType.BFloat16,
        'i' => ElementType.Int32,
        'l' => ElementType.Int64,
        'u' => ElementType.UInt8,
        's' => ElementType.Int8,
        't' => ElementType.Bool,
        'S' => ElementType.String,
        _ => throw new FormatException($"'{letter}' is no type"),
    };
}
