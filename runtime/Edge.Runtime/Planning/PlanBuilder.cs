using System.Runtime.InteropServices;
using Edge.Kernels;
using Edge.Onnx;
using Edge.Runtime.Execution;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Tensors;

namespace Edge.Runtime.Planning;

/// <summary>Turns a final graph into an <see cref="ExecutionPlan"/>: chooses storage, prepares executors, packs the arena.</summary>
internal sealed unsafe class PlanBuilder
{
    private readonly ModelGraph _graph;
    private readonly KernelSet _kernels;
    private readonly int _threads;
    private readonly Operator[] _operators;
    private readonly StoragePlanner _storage;
    private readonly List<Storage> _slots = [];
    private readonly List<object> _keepAlive = [];
    private readonly Tensor?[] _present;

    private readonly long _maxBytes;

    private PlanBuilder(ModelGraph graph, KernelSet kernels, int threads, long maxBytes)
    {
        _maxBytes = maxBytes;
        _graph = graph;
        _kernels = kernels;
        _threads = threads;
        _operators = [.. graph.Nodes.Select(n => OperatorCatalog.Find(n.Domain, n.OpType)!)];
        _storage = new StoragePlanner(graph, _operators);
        _present = new Tensor?[graph.Inputs.Count];
    }

    /// <param name="graph">Final, in topological order, every node inferred.</param>
    /// <param name="kernels">The kernels to choose from.</param>
    /// <param name="threads">Threads of the pool that will run the plan.</param>
    /// <param name="maxBytes">The most memory that activations and scratch may take.</param>
    /// <exception cref="ModelException">The plan would take more memory.</exception>
    public static ExecutionPlan Build(ModelGraph graph, KernelSet kernels, int threads, long maxBytes) => new PlanBuilder(graph, kernels, threads, maxBytes).Build();

    private ExecutionPlan Build()
    {
        foreach (var node in _graph.Nodes)
            foreach (var v in node.Outputs)
                if (v is { IsStatic: true } && (long)v.Shape!.Value.Count * v.Type.Size() > _maxBytes)
                    throw node.Error($"output {v} takes more than the {_maxBytes:N0} bytes that SessionOptions.MaxActivationBytes allows");
        var outputs = new Tensor[_graph.Outputs.Count];
        var dynamicOutputs = new DynamicValue?[outputs.Length];
        var copies = new List<(Value From, int Output)>();
        for (int i = 0; i < outputs.Length; i++)
        {
            var value = _graph.Outputs[i];
            if (_storage[value] is DynamicStorage d)
            {
                dynamicOutputs[i] = d.Value;
                outputs[i] = Tensor.Create<byte>(new Shape(0));
                continue;
            }

            outputs[i] = Tensor.Create(value.Type, value.Shape!.Value);
            if (_storage[value] is not BlockStorage block || block.Output != i) copies.Add((value, i));
        }

        // Pointers are written last, when the arena exists; until then a slot is a number.
        var pending = new List<(Node Node, Executor? Executor, int Inputs, int Outputs)>();
        for (int step = 0; step < _graph.Nodes.Count; step++) AddNode(step, pending);
        foreach (var (from, output) in copies) AddCopy(from, output, pending);

        var blocks = _storage.ArenaBlocks.ToArray();
        foreach (var b in blocks) b.Lifetime = new Lifetime(b.Bytes, b.FirstUse, b.LastUse);
        nint packed = MemoryPlanner.Pack([.. blocks.Select(b => b.Lifetime!)]);
        nint scratch = pending.Count == 0 ? 0 : pending.Max(p => p.Executor?.ScratchBytes ?? 0);
        if (packed + scratch > _maxBytes)
            throw new ModelException($"the activations take {packed + scratch:N0} bytes; SessionOptions.MaxActivationBytes allows {_maxBytes:N0}");
        var arena = new Arena(packed + scratch);

        void** pointers = (void**)NativeMemory.AllocZeroed((nuint)Math.Max(1, _slots.Count), (nuint)sizeof(void*));
        var inputSlots = new List<(int, int)>();
        for (int slot = 0; slot < _slots.Count; slot++)
        {
            if (_slots[slot] is InputStorage input) inputSlots.Add((slot, input.Index));
            else pointers[slot] = Address(_slots[slot], arena, outputs);
        }

        var steps = new List<PlanStep>(pending.Count);
        foreach (var (node, executor, firstInput, firstOutput) in pending)
        {
            steps.Add(executor is null
                ? MakeDynamic(node, arena, outputs)
                : new StaticStep(node, executor, pointers + firstInput, pointers + firstOutput) { Scratch = arena.Base + packed });
        }

        return new ExecutionPlan(
            [.. _graph.Inputs.Select(v => v.Shape!.Value)], [.. steps], arena, pointers,
            [.. inputSlots], _present, outputs, dynamicOutputs, [.. _keepAlive]);
    }

    private void AddNode(int step, List<(Node, Executor?, int, int)> pending)
    {
        var node = _graph.Nodes[step];
        if (_storage.IsView(step)) return;
        if (StoragePlanner.ExecutesDynamically(node))
        {
            pending.Add((node, null, 0, 0));
            return;
        }

        var executor = _operators[step].Prepare(new PrepareContext(node, _kernels, _threads));
        int inputs = _slots.Count;
        for (int i = 0; i < node.Inputs.Count; i++) _slots.Add(node.Inputs[i] is { } v ? Readable(v) : None);
        int outputs = _slots.Count;
        foreach (var v in node.Outputs) _slots.Add(v is null ? None : _storage[v]);
        pending.Add((node, executor, inputs, outputs));
    }

    private void AddCopy(Value from, int output, List<(Node, Executor?, int, int)> pending)
    {
        var node = new Node(OperatorCatalog.Internal, "Copy", 1, from.Name, [], []);
        nint bytes = (nint)from.Shape!.Value.Count * from.Type.Size();
        _slots.Add(_storage[from]);
        _slots.Add(new BlockStorage(bytes, 0) { Output = output });
        pending.Add((node, new CopyExecutor(bytes), _slots.Count - 2, _slots.Count - 1));
    }

    private static Storage None { get; } = new ConstantStorage(Tensor.Create<byte>(new Shape(0)));

    /// <summary>Storage of an input. 8-bit constants get slack, since integer kernels read up to three bytes past their input.</summary>
    private Storage Readable(Value value)
    {
        var storage = _storage[value];
        if (storage is not ConstantStorage constant) return storage;
        var tensor = constant.Tensor.HasSlack || value.Type.Size() != 1 ? constant.Tensor : constant.Tensor.Clone();
        _keepAlive.Add(tensor);
        return new ConstantStorage(tensor);
    }

    private static void* Address(Storage storage, Arena arena, Tensor[] outputs) => storage switch
    {
        _ when storage == None => null,
        ConstantStorage c => c.Tensor.Data,
        BlockStorage { Output: >= 0 } b => outputs[b.Output].Data,
        BlockStorage b => arena.Base + b.Lifetime!.Offset,
        _ => null,
    };

    private DynamicStep MakeDynamic(Node node, Arena arena, Tensor[] outputs)
    {
        var op = OperatorCatalog.Find(node.Domain, node.OpType)!;
        var sources = node.Inputs.Select(v => v is null ? null : Source(v, arena, outputs)).ToArray();
        var results = node.Outputs.Select(v => v is null ? null : ((DynamicStorage)_storage[v]).Value).ToArray();
        return new DynamicStep(node, op, _kernels, _threads, sources, results);
    }

    private Func<Tensor> Source(Value value, Arena arena, Tensor[] outputs)
    {
        switch (_storage[value])
        {
            case InputStorage input:
                // A view of an input has another shape than the caller's tensor.
                return _graph.Inputs[input.Index].Shape == value.Shape
                    ? () => _present[input.Index]!
                    : () => _present[input.Index]!.Reshape(value.Shape!.Value);
            case DynamicStorage dynamic:
                return () => dynamic.Value.Tensor!;
            case ConstantStorage constant:
                return () => constant.Tensor;
            case var storage:
                var tensor = Tensor.Borrow(value.Type, value.Shape!.Value, Address(storage, arena, outputs), arena, hasSlack: true);
                return () => tensor;
        }
    }
}
