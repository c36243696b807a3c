using Edge.Runtime.Graph;

namespace Edge.Runtime.Import;

/// <summary>Values by name. A subgraph that is inlined sees the names around it and may not define them again.</summary>
internal sealed class Scope(Scope? outer)
{
    private readonly Dictionary<string, Value> _values = [];

    public Value? Find(string name) => _values.GetValueOrDefault(name) ?? outer?.Find(name);

    /// <summary>Whether this scope itself defines the name.</summary>
    public bool Defines(string name) => _values.ContainsKey(name);

    /// <summary>Lets <paramref name="name"/> stand for <paramref name="value"/> from now on.</summary>
    public void Bind(string name, Value value) => _values[name] = value;
}
