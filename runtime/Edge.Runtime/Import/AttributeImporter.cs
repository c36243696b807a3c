using System.Text;
using Edge.Onnx;
using Edge.Runtime.Graph;

namespace Edge.Runtime.Import;

/// <summary>Turns attributes of the wire format into those of a <see cref="Node"/>, except graphs.</summary>
internal static class AttributeImporter
{
    /// <summary>Set by passes alone, to tell executors what was fused; but for one, no operator of the default domain defines them.</summary>
    private static readonly HashSet<string> Reserved = ["activation", "channels_last", "activation_low", "activation_high"];

    public static void Import(NodeProto proto, Node node, ImportFrame frame)
    {
        foreach (var a in proto.Attributes)
        {
            if (node.Domain.Length == 0 && Reserved.Contains(a.Name) && node.OpType != "CausalConvWithState") throw node.Error($"attribute '{a.Name}' is not supported");
            if (a.G is not null || Resolve(a, frame.Attributes) is not { } given) continue;
            node.Attributes.Set(a.Name, Value(given, node, frame.Model));
        }
    }

    /// <summary>
    /// The attribute, or what the function's caller gives for it; null where the caller gives nothing, and the operator's
    /// default holds.
    /// </summary>
    public static AttributeProto? Resolve(AttributeProto attribute, IReadOnlyDictionary<string, AttributeProto>? given) =>
        attribute.RefAttrName.Length == 0 ? attribute : given?.GetValueOrDefault(attribute.RefAttrName);

    private static object Value(AttributeProto a, Node node, Model model) => a.Type switch
    {
        AttributeType.Float => a.F,
        AttributeType.Int => a.I,
        AttributeType.String => Text(a.S),
        AttributeType.Tensor when a.T is not null => model.TensorOf(a.T),
        AttributeType.Floats => a.Floats.ToArray(),
        AttributeType.Ints => a.Ints.ToArray(),
        AttributeType.Strings => a.Strings.Select(Text).ToArray(),
        AttributeType.TypeProto when a.TypeValue is not null => a.TypeValue,
        // Files of IR version 1 leave the type out.
        AttributeType.Undefined => Untyped(a, node, model),
        _ => throw node.Error($"attribute '{a.Name}' of kind {a.Type} is not supported"),
    };

    private static object Untyped(AttributeProto a, Node node, Model model) =>
        a.T is not null ? model.TensorOf(a.T)
        : a.Floats.Count > 0 ? a.Floats.ToArray()
        : a.Ints.Count > 0 ? a.Ints.ToArray()
        : a.Strings.Count > 0 ? a.Strings.Select(Text).ToArray()
        : a.Has(2) ? a.F
        : a.Has(3) ? a.I
        : a.Has(4) ? Text(a.S)
        : throw node.Error($"attribute '{a.Name}' holds no value");

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
