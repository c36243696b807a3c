using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Tensors;

namespace Edge.Runtime.Planning;

/// <summary>
/// Decides for every value where its bytes lie: views share their source's storage, elementwise steps overwrite an input
/// that nobody reads afterwards, graph outputs are written straight into the session's tensors.
/// </summary>
internal sealed class StoragePlanner
{
    private readonly ModelGraph _graph;
    private readonly IReadOnlyList<Operator> _operators;
    private readonly Dictionary<Value, Storage> _storage = [];
    private readonly long _maxBytes;

    /// <param name="graph">Final, in topological order.</param>
    /// <param name="operators">The operator of each node.</param>
    /// <param name="maxBytes">The most that a tensor may take whose shape a run decides.</param>
    public StoragePlanner(ModelGraph graph, IReadOnlyList<Operator> operators, long maxBytes)
    {
        _maxBytes = maxBytes;
        _graph = graph;
        _operators = operators;
        for (int i = 0; i < graph.Inputs.Count; i++) _storage[graph.Inputs[i]] = new InputStorage(i);
        AssignBlocks();
        FindLastUses();
        AssignOutputs();
        Overwrite();
    }

    /// <summary>Storage of any value that is read or written by the graph.</summary>
    public Storage this[Value value]
    {
        get
        {
            if (!_storage.TryGetValue(value, out var s)) _storage[value] = s = new ConstantStorage(value.Constant!);
            return s;
        }
    }

    /// <summary>Whether the node does no work, because its output is its input.</summary>
    public bool IsView(int step) => View(step) is { } input && this[_graph.Nodes[step].Outputs[0]!] == this[input];

    public IEnumerable<BlockStorage> ArenaBlocks => _storage.Values.OfType<BlockStorage>().Where(b => b.Output < 0).Distinct();

    private Value? View(int step)
    {
        var node = _graph.Nodes[step];
        if (node.Outputs.Count(v => v is not null) != 1 || node.Outputs[0] is not { IsStatic: true }) return null;
        int i = _operators[step].ViewOfInput(node);
        return i >= 0 && node.Input(i) is { IsStatic: true } input ? input : null;
    }

    private void AssignBlocks()
    {
        for (int step = 0; step < _graph.Nodes.Count; step++)
        {
            var view = View(step);
            bool dynamic = ExecutesDynamically(_graph.Nodes[step], _operators[step]);
            foreach (var v in _graph.Nodes[step].Outputs)
            {
                if (v is null) continue;
                _storage[v] = dynamic || !v.IsStatic ? new DynamicStorage(_maxBytes)
                    : view is not null ? this[view]
                    : new BlockStorage((nint)v.Shape!.Value.Count * v.Type.Size(), step);
            }
        }
    }

    /// <summary>Whether shapes of the node are only known at run time, and it works on tensors.</summary>
    public static bool ExecutesDynamically(Node node, Operator op) => op is not ValueOperator &&
        (node.Inputs.Any(v => v is { IsStatic: false }) || node.Outputs.Any(v => v is { IsStatic: false }));

    private void FindLastUses()
    {
        for (int step = 0; step < _graph.Nodes.Count; step++)
        {
            foreach (var v in _graph.Nodes[step].Inputs)
                if (v is not null) this[v].LastUse = step;
            foreach (var v in _graph.Nodes[step].Outputs)
                if (v is not null) this[v].LastUse = Math.Max(this[v].LastUse, step);
        }
    }

    private void AssignOutputs()
    {
        for (int i = 0; i < _graph.Outputs.Count; i++)
        {
            var storage = this[_graph.Outputs[i]];
            storage.LastUse = int.MaxValue;
            if (storage is BlockStorage { Output: < 0 } block) block.Output = i;
        }
    }

    private void Overwrite()
    {
        for (int step = 0; step < _graph.Nodes.Count; step++)
        {
            var node = _graph.Nodes[step];
            if (node.Outputs.Count != 1 || node.Outputs[0] is not { IsStatic: true } output) continue;
            if (this[output] is not BlockStorage { Output: < 0 } target || target.FirstUse != step) continue;
            for (int i = 0; i < node.Inputs.Count; i++)
            {
                if (node.Inputs[i] is not { } input || !_operators[step].CanOverwrite(node, i)) continue;
                if (this[input] is not BlockStorage { Output: < 0 } source || source.LastUse != step || source.Bytes != target.Bytes) continue;
                if (node.Inputs.Where((v, j) => j != i && v is not null && this[v] == source).Any()) continue;
                source.LastUse = target.LastUse;
                foreach (var v in _storage.Where(p => p.Value == target).Select(p => p.Key).ToArray()) _storage[v] = source;
                break;
            }
        }
    }
}
