using Edge.Onnx;
using Edge.Runtime.Import;
using Edge.Tensors;

namespace Edge.Runtime.Graph;

/// <summary>
/// The attributes of a node. Every read is noted, so that an attribute which an operator does not know is found at
/// load instead of being ignored. A value is a <see cref="long"/>, <see cref="float"/>, <see cref="string"/>, an
/// array of one of them, a <see cref="Tensor"/>, a <see cref="Subgraph"/>, a <see cref="TypeProto"/> or, where a pass has
/// made one node of several, an array of those.
/// </summary>
internal sealed class NodeAttributes(Node owner)
{
    private static readonly Dictionary<string, object> s_none = [];

    /// <summary><see cref="s_none"/> until there is one: most nodes of a quantized model have none.</summary>
    private Dictionary<string, object> _values = s_none;

    /// <summary>Of the names that are there those that somebody asked for: a few, if any.</summary>
    private List<string>? _read;

    /// <summary>Names that no operator has asked for.</summary>
    public IEnumerable<string> Unread => _values.Count == 0 ? [] : _values.Keys.Where(k => _read?.Contains(k) != true);

    public IEnumerable<KeyValuePair<string, object>> All => _values;

    public void Set(string name, object value) => (_values == s_none ? _values = [] : _values)[name] = value;

    public void Remove(string name) => _values.Remove(name);

    public bool Has(string name)
    {
        if (!_values.ContainsKey(name)) return false;
        Note(name);
        return true;
    }

    public long Int(string name, long fallback) => Find<long>(name, out var v) ? v : fallback;

    public long Int(string name) => Find<long>(name, out var v) ? v : throw Missing(name);

    public float Float(string name, float fallback) => Find<float>(name, out var v) ? v : fallback;

    public float Float(string name) => Find<float>(name, out var v) ? v : throw Missing(name);

    public string String(string name, string fallback) => Find<string>(name, out var v) ? v! : fallback;

    public string String(string name) => Find<string>(name, out var v) ? v! : throw Missing(name);

    /// <summary>Null if absent.</summary>
    public long[]? Ints(string name) => Find<long[]>(name, out var v) ? v : null;

    /// <summary>Null if absent.</summary>
    public float[]? Floats(string name) => Find<float[]>(name, out var v) ? v : null;

    /// <summary>Null if absent.</summary>
    public string[]? Strings(string name) => Find<string[]>(name, out var v) ? v : null;

    /// <summary>A branch, or the body of a loop.</summary>
    public Subgraph Graph(string name) => Find<Subgraph>(name, out var v) ? v! : throw Missing(name);

    /// <summary>Nodes that this one was made of.</summary>
    public Node[] Nodes(string name) => Find<Node[]>(name, out var v) ? v! : throw Missing(name);

    /// <summary>Null if absent.</summary>
    public TypeProto? Type(string name) => Find<TypeProto>(name, out var v) ? v : null;

    /// <summary>Null if absent.</summary>
    public Tensor? Tensor(string name) => Find<Tensor>(name, out var v) ? v : null;

    public void CopyTo(NodeAttributes other)
    {
        foreach (var (k, v) in _values) other.Set(k, v);
    }

    private bool Find<T>(string name, out T? value)
    {
        if (!_values.TryGetValue(name, out var v))
        {
            value = default;
            return false;
        }

        Note(name);
        if (v is T t)
        {
            value = t;
            return true;
        }

        // An empty list carries no element type on the wire.
        if (v is Array { Length: 0 } && typeof(T).IsArray)
        {
            value = (T)(object)(typeof(T) == typeof(long[]) ? Array.Empty<long>() : typeof(T) == typeof(float[]) ? Array.Empty<float>() : Array.Empty<string>());
            return true;
        }

        throw owner.Error($"attribute '{name}' has another type than the operator defines");
    }

    private void Note(string name)
    {
        _read ??= [];
        if (!_read.Contains(name)) _read.Add(name);
    }

    private ModelException Missing(string name) => owner.Error($"attribute '{name}' is required and missing");
}
