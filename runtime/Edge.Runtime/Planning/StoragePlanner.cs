using Edge.Runtime.Execution;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Tensors;

namespace Edge.Runtime.Planning;

/// <summary>
/// Decides for every value where its bytes lie: views and parts share their source's storage, what is concatenated is
/// written in its place at once, elementwise steps overwrite an input that nobody reads afterwards, graph outputs are
/// written straight into the session's tensors.
/// </summary>
internal sealed class StoragePlanner
{
    private readonly ModelGraph _graph;
    private readonly IReadOnlyList<Operator> _operators;
    private readonly Dictionary<Value, Storage> _storage = [];
    private readonly Dictionary<Value, nint> _offsets = [];
    private readonly Dictionary<Storage, List<Value>> _holders = [];
    private readonly MemoryBudget _budget;
    private bool _sharesParts;

    /// <param name="graph">Final, in topological order.</param>
    /// <param name="operators">The operator of each node.</param>
    /// <param name="budget">Bounds tensors whose shapes a run decides.</param>
    /// <param name="parts">Whether a value may lie inside another.</param>
    private StoragePlanner(ModelGraph graph, IReadOnlyList<Operator> operators, MemoryBudget budget, bool parts)
    {
        _budget = budget;
        _graph = graph;
        _operators = operators;
        for (int i = 0; i < graph.Inputs.Count; i++) Assign(graph.Inputs[i], new InputStorage(i), 0);
        AssignBlocks(parts);
        if (parts) Join();
        FindLastUses();
        AssignOutputs();
        Overwrite();
    }

    /// <inheritdoc cref="StoragePlanner(ModelGraph, IReadOnlyList{Operator}, MemoryBudget, bool)"/>
    /// <remarks>
    /// A part keeps the whole alive, and a whole lives from when its first part is written. Where that takes more than an
    /// eighth of memory beyond what copies would take, they are made.
    /// </remarks>
    public static StoragePlanner Plan(ModelGraph graph, IReadOnlyList<Operator> operators, MemoryBudget budget)
    {
        var shared = new StoragePlanner(graph, operators, budget, parts: true);
        if (!shared._sharesParts) return shared;
        var apart = new StoragePlanner(graph, operators, budget, parts: false);
        nint most = apart.Pack([]);
        return shared.Pack([]) <= most + most / 8 ? shared : apart;
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

    /// <summary>Bytes of its storage that lie before the value.</summary>
    public nint Offset(Value value) => _offsets.GetValueOrDefault(value);

    /// <summary>Whether the value is all that the block holds.</summary>
    public bool IsWhole(Value value, BlockStorage block) => Offset(value) == 0 && Bytes(value) == block.Bytes;

    /// <summary>Whether the node does no work, because its outputs lie in its inputs, or its inputs in its output.</summary>
    public bool IsView(int step)
    {
        var node = _graph.Nodes[step];
        if (ExecutesDynamically(node, _operators[step]) || _operators[step] is ValueOperator) return false;
        if (Views(step) is { } views) return views.All(v => this[v.Output] == this[v.Input] && Offset(v.Output) == Offset(v.Input) + v.Offset);
        if (node.Outputs is not [{ } y] || node.Inputs.Count == 0) return false;
        for (int i = 0; i < node.Inputs.Count; i++)
            if (node.Inputs[i] is not { } x || _operators[step].PlaceInOutput(node, i) is not { } place || this[x] != this[y] || Offset(x) != Offset(y) + place) return false;
        return true;
    }

    /// <summary>Places all blocks in one arena but those of which a chain's threads have the rows that they are at; returns its size in bytes.</summary>
    /// <param name="chains">They do not overlap.</param>
    public nint Pack(IReadOnlyList<ChainMemory> chains)
    {
        HashSet<Storage> buffered = [.. chains.SelectMany(c => c.Buffered)];
        var lifetimes = new List<Lifetime>();
        foreach (BlockStorage b in Blocks)
        {
            b.Lifetime = null;
            if (buffered.Contains(b)) continue;
            int first = b.FirstUse, last = b.LastUse;
            foreach (ChainMemory chain in chains)
            {
                // Threads are in different steps of a chain at the same time: what one of them reads or writes is kept for all.
                if (first >= chain.First && first <= chain.Last) first = chain.First;
                if (last >= chain.First && last <= chain.Last) last = chain.Last;
            }

            lifetimes.Add(b.Lifetime = new Lifetime(b.Bytes, first, last));
        }

        return MemoryPlanner.Pack(lifetimes);
    }

    /// <summary>Bytes of all blocks that are kept during some of a chain's steps, and of its own memory.</summary>
    public nint BytesDuring(ChainMemory chain)
    {
        nint bytes = chain.Bytes;
        foreach (BlockStorage b in Blocks)
            if (b.FirstUse <= chain.Last && b.LastUse >= chain.First && !chain.Buffered.Contains(b)) bytes += b.Bytes;
        return bytes;
    }

    private IEnumerable<BlockStorage> Blocks => _storage.Values.OfType<BlockStorage>().Where(b => b.Output < 0).Distinct();

    /// <summary>Whether shapes of the node are only known at run time, and it works on tensors.</summary>
    public static bool ExecutesDynamically(Node node, Operator op) => op is not ValueOperator &&
        !(node.InputsAreStatic && node.OutputsAreStatic);

    private static nint Bytes(Value v) => (nint)v.Shape!.Value.Count * v.Type.Size();

    private void Assign(Value value, Storage storage, nint offset)
    {
        _storage[value] = storage;
        if (offset != 0) _offsets[value] = offset;
        // Nothing else moves.
        if (storage is not BlockStorage) return;
        if (!_holders.TryGetValue(storage, out var holders)) _holders.Add(storage, holders = new(1));
        holders.Add(value);
    }

    /// <summary>Lets everything that lies in one block lie in another, from <paramref name="offset"/> on.</summary>
    private void Move(BlockStorage from, BlockStorage to, nint offset)
    {
        _holders.Remove(from, out var holders);
        foreach (var v in holders!) Assign(v, to, Offset(v) + offset);
        to.FirstUse = Math.Min(to.FirstUse, from.FirstUse);
        to.LastUse = Math.Max(to.LastUse, from.LastUse);
    }

    /// <summary>For each output that is used, the input that it is a view of; null if the step has to be executed.</summary>
    private List<(Value Output, Value Input, nint Offset)>? Views(int step)
    {
        var node = _graph.Nodes[step];
        List<(Value, Value, nint)>? views = null;
        for (int i = 0; i < node.Outputs.Count; i++)
        {
            if (node.Outputs[i] is not { } y) continue;
            if (!y.IsStatic || !node.InputsAreStatic) return null;
            if (_operators[step].ViewOf(node, i) is not var (input, offset) || node.Input(input) is not { } x) return null;
            (views ??= []).Add((y, x, offset));
        }

        return views;
    }

    private void AssignBlocks(bool parts)
    {
        for (int step = 0; step < _graph.Nodes.Count; step++)
        {
            var node = _graph.Nodes[step];
            bool dynamic = ExecutesDynamically(node, _operators[step]);
            if (!dynamic && _operators[step] is not ValueOperator && Views(step) is { } views)
            {
                bool isPart = views.Exists(v => Bytes(v.Output) != Bytes(v.Input));
                if (!isPart || (parts && views.TrueForAll(v => !v.Input.IsConstant)))
                {
                    _sharesParts |= isPart;
                    foreach (var (y, x, offset) in views) Assign(y, this[x], Offset(x) + offset);
                    continue;
                }
            }

            foreach (var v in node.Outputs)
                if (v is not null) Assign(v, dynamic || !v.IsStatic ? new DynamicStorage(_budget) : new BlockStorage(Bytes(v), step), 0);
        }
    }

    /// <summary>Lets what is concatenated be written in its place, unless it is itself returned, or a part of something else.</summary>
    private void Join()
    {
        var returned = _graph.Outputs.Select(v => this[v]).ToHashSet();
        for (int step = 0; step < _graph.Nodes.Count; step++)
        {
            var node = _graph.Nodes[step];
            if (node.Outputs is not [{ IsStatic: true } y] || this[y] is not BlockStorage whole) continue;
            for (int i = 0; i < node.Inputs.Count; i++)
            {
                if (node.Inputs[i] is not { IsStatic: true } x || _operators[step].PlaceInOutput(node, i) is not { } place) continue;
                if (this[x] is not BlockStorage part || part == whole || part.Bytes == 0 || !IsWhole(x, part) || returned.Contains(part)) continue;
                Move(part, whole, Offset(y) + place);
                _sharesParts = true;
            }
        }
    }

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
            if (storage is BlockStorage { Output: < 0 } block && IsWhole(_graph.Outputs[i], block)) block.Output = i;
        }
    }

    private void Overwrite()
    {
        for (int step = 0; step < _graph.Nodes.Count; step++)
        {
            var node = _graph.Nodes[step];
            if (node.Outputs.Count != 1 || node.Outputs[0] is not { IsStatic: true } output) continue;
            if (this[output] is not BlockStorage { Output: < 0 } target || target.FirstUse != step || !IsWhole(output, target)) continue;
            for (int i = 0; i < node.Inputs.Count; i++)
            {
                if (node.Inputs[i] is not { } input || !_operators[step].CanOverwrite(node, i)) continue;
                if (this[input] is not BlockStorage { Output: < 0 } source || source.LastUse != step || source.Bytes != target.Bytes || !IsWhole(input, source)) continue;
                if (ReadsElsewhere(node, i, source)) continue;
                Move(target, source, 0);
                break;
            }
        }
    }

    /// <summary>Whether an input but <paramref name="index"/> lies in the storage.</summary>
    private bool ReadsElsewhere(Node node, int index, Storage storage)
    {
        for (int i = 0; i < node.Inputs.Count; i++)
            if (i != index && node.Inputs[i] is { } v && this[v] == storage) return true;
        return false;
    }
}
