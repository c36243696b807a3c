using System.Text;
using Edge.Onnx;

namespace Edge.Quantization.Rewrite;

/// <summary>Attributes of a node by name. A getter returns its fallback where the attribute is absent.</summary>
internal static class NodeAttributes
{
    extension(NodeProto node)
    {
        public AttributeProto? Attribute(string name) => node.Attributes.Find(a => a.Name == name);

        public long Int(string name, long fallback) => node.Attribute(name)?.I ?? fallback;

        public float Float(string name, float fallback) => node.Attribute(name)?.F ?? fallback;

        public string Text(string name, string fallback) => node.Attribute(name) is { } a ? Encoding.UTF8.GetString(a.S.Span) : fallback;

        public long[]? Ints(string name) => node.Attribute(name)?.Ints.ToArray();

        public float[]? Floats(string name) => node.Attribute(name)?.Floats.ToArray();

        public void RemoveAttribute(string name) => node.Attributes.RemoveAll(a => a.Name == name);

        public void Set(string name, long value) => node.Put(new AttributeProto { Name = name, Type = AttributeType.Int, I = value });

        public void Set(string name, float value) => node.Put(new AttributeProto { Name = name, Type = AttributeType.Float, F = value });

        public void Set(string name, string value) => node.Put(new AttributeProto { Name = name, Type = AttributeType.String, S = Encoding.UTF8.GetBytes(value) });

        public void Set(string name, params ReadOnlySpan<long> values) =>
            node.Put(new AttributeProto { Name = name, Type = AttributeType.Ints, Ints = [.. values] });

        /// <summary>Input <paramref name="index"/>, or the empty name where it is left out.</summary>
        public string Input(int index) => index < node.Inputs.Count ? node.Inputs[index] : "";

        public bool HasInput(int index) => node.Input(index).Length > 0;

        /// <summary>Sets input <paramref name="index"/>, leaving out those between.</summary>
        public void SetInput(int index, string name)
        {
            while (node.Inputs.Count <= index) node.Inputs.Add("");
            node.Inputs[index] = name;
        }

        private void Put(AttributeProto attribute)
        {
            node.Attributes.RemoveAll(a => a.Name == attribute.Name);
            node.Attributes.Add(attribute);
        }
    }
}
