using Edge.Runtime.Graph;

namespace Edge.Runtime.Import;

/// <summary>Values by name. A subgraph that is inlined sees the names around it and may not define them again.</summary>
/// <param name="outer">The names around it; null if there are none, or if they are not seen.</param>
/// <param name="capacity">How many names are expected.</param>
internal sealed class Scope(Scope? outer, int capacity = 0)
{
    private readonly Dictionary<string, Value> _values = new(capacity);

    public Value? Find(string name) => _values.GetValueOrDefault(name) ?? outer?.Find(name);

    /// <summary>Whether this scope itself defines the name.</summary>
    public bool Defines(string name) => _values.ContainsKey(name);

    /// <summary>Lets <paramref name="name"/> stand for <paramref name="value"/> from now on.</summary>
    public void Bind(string name, Value value) => _values[name] = value;
}
