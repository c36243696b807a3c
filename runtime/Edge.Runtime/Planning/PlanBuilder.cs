using System.Runtime.InteropServices;
using Edge.Kernels;
using Edge.Kernels.Threading;
using Edge.Onnx;
using Edge.Runtime.Caching;
using Edge.Runtime.Execution;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Tensors;

namespace Edge.Runtime.Planning;

/// <summary>Turns a final graph into an <see cref="ExecutionPlan"/>: chooses storage, prepares executors, packs the arena.</summary>
internal sealed unsafe class PlanBuilder
{
    /// <summary>Bytes that chains may take for each thread whatever the plan takes without.</summary>
    private const nint LittleOfThread = 256 * 1024;

    /// <summary>How often chains are given up, and the others placed anew, at most.</summary>
    private const int MostPlacings = 32;

    private readonly ModelGraph _graph;
    private readonly PlanSettings _settings;
    private readonly PlanWeights _weights;
    private readonly Operator[] _operators;
    private readonly StoragePlanner _storage;
    private readonly List<(Storage Storage, nint Offset)> _slots = [];
    private readonly List<object> _keepAlive = [];

    /// <summary>Values that a run reads.</summary>
    private readonly HashSet<Value> _read = [];

    private readonly List<InputView> _views = [];
    private readonly RunValue[] _present;
    private readonly WorkerPool _pool;

    private PlanBuilder(ModelGraph graph, PlanSettings settings, PlanWeights weights, WorkerPool pool)
    {
        _weights = weights;
        _pool = pool;
        _graph = graph;
        _settings = settings;
        _operators = [.. graph.Nodes.Select(n => OperatorCatalog.Find(n.Domain, n.OpType)!)];
        _storage = StoragePlanner.Plan(graph, _operators, settings.Memory);
        _present = [.. graph.Inputs.Select(_ => new RunValue())];
    }

    /// <param name="graph">Final, in topological order, every node inferred.</param>
    /// <param name="settings">Kernels, threads and limits.</param>
    /// <param name="weights">Where packed weights come from, or go to; null for memory.</param>
    /// <param name="pool">The threads that prepare nodes; null for the calling one alone.</param>
    /// <exception cref="ModelException">The plan would take more memory than the limits allow.</exception>
    public static ExecutionPlan Build(ModelGraph graph, PlanSettings settings, PlanWeights? weights = null, WorkerPool? pool = null) =>
        new PlanBuilder(graph, settings, weights ?? PlanWeights.None, pool ?? WorkerPool.Inline).Build();

    private ExecutionPlan Build()
    {
        long maxBytes = _settings.Limits.MaxActivationBytes;
        foreach (var node in _graph.Nodes)
            foreach (var v in node.Outputs)
                if (v is { IsStatic: true } && (long)v.Shape!.Value.Count * v.Type.Size() > maxBytes)
                    throw node.Error($"output {v} takes more than the {maxBytes:N0} bytes that {nameof(SessionLimits)}.{nameof(SessionLimits.MaxActivationBytes)} allows");
        long given = _graph.Inputs.Where(v => v.IsStatic).Sum(v => (long)v.Shape!.Value.Count * v.Type.Size());
        if (given > maxBytes)
            throw new ModelException($"the inputs take {given:N0} bytes; {nameof(SessionLimits)}.{nameof(SessionLimits.MaxActivationBytes)} allows {maxBytes:N0}");
        long returned = _graph.Outputs.Where(v => v.IsStatic).Sum(v => (long)v.Shape!.Value.Count * v.Type.Size());
        if (returned > maxBytes)
            throw new ModelException($"the outputs take {returned:N0} bytes; {nameof(SessionLimits)}.{nameof(SessionLimits.MaxActivationBytes)} allows {maxBytes:N0}");
        var outputs = new PlanOutput[_graph.Outputs.Count];
        var copies = new List<(Value From, int Output)>();
        for (int i = 0; i < outputs.Length; i++)
        {
            var value = _graph.Outputs[i];
            outputs[i] = _storage[value] switch
            {
                DynamicStorage d => new PlanOutput(null, d.Value, IsInput: false),
                InputStorage input when !value.IsStatic => new PlanOutput(null, _present[input.Index], IsInput: true),
                _ => new PlanOutput(Tensor.Create(value.Type, value.Shape!.Value), null, IsInput: false),
            };
            if (outputs[i].Fixed is not null && (_storage[value] is not BlockStorage block || block.Output != i || !_storage.IsWhole(value, block))) copies.Add((value, i));
        }

        _weights.Expect(ConstantBytes());
        // Pointers are written last, when the arena exists; until then a slot is a number.
        var pending = new List<PendingStep>();
        Executor?[] executors = new StepPreparation(_graph, _settings, _weights, PreparesExecutor, _operators).Run(_pool);
        for (int step = 0; step < _graph.Nodes.Count; step++) AddNode(step, executors[step], pending);
        foreach (var (from, output) in copies) AddCopy(from, output, pending);
        foreach (var v in _graph.Nodes.SelectMany(n => n.Inputs))
            if (v is not null && !_read.Contains(v) && !_graph.IsOutput(v)) v.ForgetConstant();

        (nint packed, nint scratch, List<RowChainPlan> chains) = Pack(pending);
        if (packed + scratch > maxBytes)
            throw new ModelException($"the activations take {packed + scratch:N0} bytes; {nameof(SessionLimits)}.{nameof(SessionLimits.MaxActivationBytes)} allows {maxBytes:N0}");
        foreach (PendingStep step in pending) step.Executor?.SpreadScratch(scratch);
        var arena = new Arena(packed + scratch);

        void** pointers = (void**)NativeMemory.AllocZeroed((nuint)Math.Max(1, _slots.Count), (nuint)sizeof(void*));
        var inputSlots = new List<(int, int, nint)>();
        for (int slot = 0; slot < _slots.Count; slot++)
        {
            var (storage, offset) = _slots[slot];
            if (storage is InputStorage input) inputSlots.Add((slot, input.Index, offset));
            else pointers[slot] = Address(storage, offset, arena, outputs);
        }

        var steps = new List<PlanStep>(pending.Count);
        foreach (var (node, executor, firstInput, firstOutput, _) in pending)
        {
            var op = OperatorCatalog.Find(node.Domain, node.OpType);
            steps.Add(op is ValueOperator v ? MakeValueStep(node, v, arena, outputs)
                : executor is null ? MakeDynamic(node, op!, arena, outputs)
                : new StaticStep(node, executor, pointers + firstInput, pointers + firstOutput) { Scratch = arena.Base + packed });
        }

        var chainAt = new RowChain?[steps.Count];
        foreach (RowChainPlan chain in chains) chainAt[chain.First] = MakeChain(chain, pending, steps, pointers, arena.Base + packed, scratch);
        return new ExecutionPlan(
            [.. _graph.Inputs.Select(v => new PlanInput(v.Type, v.Shape))], [.. steps], chainAt, arena, pointers,
            [.. inputSlots], _present, [.. _views], outputs, [.. _keepAlive], _settings.Run);
    }

    /// <summary>
    /// Places what steps hand on, and returns the bytes that it takes, those of scratch, and the chains. What a chain reads or writes is kept until
    /// its end, and its threads have memory of their own: where that is much more than is needed without, those that keep the most are given up.
    /// </summary>
    private (nint Packed, nint Scratch, List<RowChainPlan> Chains) Pack(List<PendingStep> pending)
    {
        nint ofSteps = pending.Count == 0 ? 0 : pending.Max(p => p.Executor?.ScratchBytes ?? 0), apart = _storage.Pack([]);
        (RowChainPlan Plan, ChainMemory Memory)[] chains = [.. RowChains.Find(pending, _storage, _settings.Threads).Select(plan => (plan, MemoryOf(plan))).OrderBy(c => _storage.BytesDuring(c.Item2))];
        nint most = apart + ofSteps + nint.Max((apart + ofSteps) / 4, _settings.Threads * LittleOfThread);
        // Of many several at once: to place everything takes its time.
        for (int count = chains.Length, fewer = 1 + count / MostPlacings; count > 0; count -= fewer)
        {
            var kept = chains.AsSpan(0, count).ToArray();
            nint packed = _storage.Pack([.. kept.Select(c => c.Memory)]), scratch = nint.Max(ofSteps, kept.Max(c => c.Memory.Bytes));
            if (packed + scratch <= most) return (packed, scratch, [.. kept.Select(c => c.Plan)]);
        }

        return (chains.Length == 0 ? apart : _storage.Pack([]), ofSteps, []);

        ChainMemory MemoryOf(RowChainPlan plan)
        {
            nint ofThread = MemoryPlanner.Align(plan.BufferBytes + plan.ScratchBytes + RowChainPointers.TableBytes(Slots(plan, pending).Count));
            return new ChainMemory(pending[plan.First].GraphStep, pending[plan.Last].GraphStep, plan.Division.Threads * ofThread, plan.Buffers.Select(b => (Storage)b.Block).ToHashSet());
        }
    }

    /// <summary>The slots of a chain's steps: they follow each other.</summary>
    private static (int First, int Count) Slots(RowChainPlan chain, List<PendingStep> pending)
    {
        int first = pending[chain.First].Inputs, end = pending[chain.Last].Outputs + pending[chain.Last].Node.Outputs.Count;
        return (first, end - first);
    }

    private RowChain MakeChain(RowChainPlan chain, List<PendingStep> pending, IEnumerable<PlanStep> steps, void** pointers, byte* memory, nint bytes)
    {
        (int first, int count) = Slots(chain, pending);
        var buffered = new List<(int, nint, nint)>();
        for (int slot = 0; slot < count; slot++)
            if (chain.Buffers.FirstOrDefault(b => b.Block == _slots[first + slot].Storage) is { } buffer) buffered.Add((slot, buffer.Offset, buffer.RowBytes));
        var places = pending.Skip(chain.First).Take(chain.Steps).Select(p => (p.Inputs - first, p.Outputs - first));
        var table = new RowChainPointers(pointers + first, count, [.. places], [.. buffered], chain.BufferBytes, chain.ScratchBytes);
        // Each thread has its memory at the same place in all chains, so that it stays with the core that wrote it.
        nint ofThread = bytes / chain.Division.Threads / Tensor.Alignment * Tensor.Alignment;
        return new RowChain(chain.Division, [.. steps.Skip(chain.First).Take(chain.Steps).Cast<StaticStep>()], table, memory, ofThread);
    }

    /// <summary>Whether a step is executed by what is prepared now.</summary>
    private bool PreparesExecutor(int step) =>
        !_storage.IsView(step) && _operators[step] is not ValueOperator && !StoragePlanner.ExecutesDynamically(_graph.Nodes[step], _operators[step]);

    private void AddNode(int step, Executor? executor, List<PendingStep> pending)
    {
        var node = _graph.Nodes[step];
        if (_storage.IsView(step)) return;
        if (executor is null)
        {
            pending.Add(new PendingStep(node, null, 0, 0, step));
            foreach (var v in node.Inputs)
                if (v is not null) _read.Add(v);
            return;
        }

        int inputs = _slots.Count;
        for (int i = 0; i < node.Inputs.Count; i++)
        {
            bool reads = node.Inputs[i] is not null && executor.Reads(i);
            if (reads) _read.Add(node.Inputs[i]!);
            _slots.Add(reads ? (Readable(node.Inputs[i]!), _storage.Offset(node.Inputs[i]!)) : (None, 0));
        }

        int outputs = _slots.Count;
        foreach (var v in node.Outputs) _slots.Add(v is null ? (None, 0) : (_storage[v], _storage.Offset(v)));
        pending.Add(new PendingStep(node, executor, inputs, outputs, step));
    }

    private long ConstantBytes() =>
        _graph.Nodes.SelectMany(n => n.Inputs).OfType<Value>().Where(v => v.IsConstant).Distinct().Sum(v => v.Stored?.Bytes ?? v.Constant!.ByteLength);

    private void AddCopy(Value from, int output, List<PendingStep> pending)
    {
        var node = new Node(OperatorCatalog.Internal, "Copy", 1, from.Name, [null], [null]);
        nint bytes = (nint)from.Shape!.Value.Count * from.Type.Size();
        // The step knows the constant by its address only.
        if (_storage[from] is ConstantStorage constant) _keepAlive.Add(constant.Tensor);
        _slots.Add((_storage[from], _storage.Offset(from)));
        _slots.Add((new BlockStorage(bytes, 0) { Output = output }, 0));
        pending.Add(new PendingStep(node, new CopyExecutor(bytes), _slots.Count - 2, _slots.Count - 1, _graph.Nodes.Count));
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

    private static void* Address(Storage storage, nint offset, Arena arena, PlanOutput[] outputs) => storage switch
    {
        _ when storage == None => null,
        ConstantStorage c => c.Tensor.Data + offset,
        BlockStorage { Output: >= 0 } b => outputs[b.Output].Fixed!.Data + offset,
        BlockStorage { Lifetime: { } place } => arena.Base + place.Offset + offset,
        _ => null,
    };

    /// <summary>A value of known shape in the plan's own memory.</summary>
    private Tensor Borrow(Value value, Arena arena, PlanOutput[] outputs) =>
        Tensor.Borrow(value.Type, value.Shape!.Value, Address(_storage[value], _storage.Offset(value), arena, outputs), arena, hasSlack: true);

    private DynamicStep MakeDynamic(Node node, Operator op, Arena arena, PlanOutput[] outputs)
    {
        var results = node.Outputs.Select(v => v is null ? null : ((DynamicStorage)_storage[v]).Value).ToArray();
        return new DynamicStep(node, op, _settings, Sources(node, arena, outputs), results);
    }

    private ValueStep MakeValueStep(Node node, ValueOperator op, Arena arena, PlanOutput[] outputs)
    {
        var memory = node.Outputs.Select(v => v is null || _storage[v] is DynamicStorage ? null : Borrow(v, arena, outputs)).ToArray();
        var results = node.Outputs.Select(v => v is null ? null : _storage[v] is DynamicStorage d ? d.Value : new RunValue()).ToArray();
        return new ValueStep(node, op.Prepare(node, _settings), Sources(node, arena, outputs), results, memory);
    }

    private RunValue?[] Sources(Node node, Arena arena, PlanOutput[] outputs) =>
        [.. node.Inputs.Select(v => v is null ? null : Source(v, arena, outputs))];

    private RunValue Source(Value value, Arena arena, PlanOutput[] outputs)
    {
        switch (_storage[value])
        {
            case InputStorage input when _graph.Inputs[input.Index].Shape == value.Shape:
                return _present[input.Index];
            case InputStorage input:
                var view = new InputView(_present[input.Index], value.Shape!.Value, _storage.Offset(value));
                _views.Add(view);
                return view.Value;
            case DynamicStorage dynamic:
                return dynamic.Value;
            case ConstantStorage constant:
                return RunValue.Of(constant.Tensor);
            default:
                return RunValue.Of(Borrow(value, arena, outputs));
        }
    }
}
