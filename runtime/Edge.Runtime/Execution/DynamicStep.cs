using Edge.Kernels;
using Edge.Kernels.Threading;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators;
using Edge.Runtime.Planning;
using Edge.Tensors;

namespace Edge.Runtime.Execution;

/// <summary>
/// A step whose shapes depend on data. Each run looks whether the types and shapes of its inputs, and the elements
/// that the operator consulted, are those of the run before; only if not, the node is inferred and prepared again.
/// </summary>
internal sealed unsafe class DynamicStep : PlanStep, IOutputAllocator
{
    private readonly Operator _op;
    private readonly KernelSet _kernels;
    private readonly int _threads;
    private readonly long _maxBytes;
    private readonly long _maxWork;
    private readonly RunValue?[] _sources;
    private readonly RunValue?[] _results;
    private readonly Tensor?[] _inputs;
    private readonly Tensor?[] _remembered;
    private readonly nint[] _inputAddresses;
    private readonly nint[] _outputAddresses;
    private Node? _prepared;
    private HalfStaging? _halves;
    private Executor? _executor;
    private Arena? _scratch;

    /// <param name="node">The node as planned.</param>
    /// <param name="op">Its operator.</param>
    /// <param name="settings">Kernels, threads, limits.</param>
    /// <param name="sources">For each input, where its tensor of the present run is found; null where it is left out.</param>
    /// <param name="results">For each output, where it goes; null where it is left out.</param>
    public DynamicStep(Node node, Operator op, PlanSettings settings, RunValue?[] sources, RunValue?[] results)
        : base(node)
    {
        _op = op;
        _kernels = settings.Kernels;
        _threads = settings.Threads;
        _maxWork = settings.Limits.MaxNodeWork;
        _maxBytes = settings.Limits.MaxActivationBytes;
        _sources = sources;
        _results = results;
        _inputs = new Tensor?[sources.Length];
        _remembered = new Tensor?[sources.Length];
        _inputAddresses = PointerTable.Create(sources.Length);
        _outputAddresses = PointerTable.Create(results.Length);
    }

    public override string Kernel => _executor is null ? "(chosen at run time)" : _executor.Kernel + " (dynamic)";

    public override void Run(WorkerPool pool)
    {
        bool same = _executor is not null;
        for (int i = 0; i < _sources.Length; i++)
        {
            _inputs[i] = _sources[i] is not { } source ? null
                : source.Tensor ?? throw Node.Error($"input {i} '{Node.Inputs[i]!.Name}' is {(source.Sequence is null ? "absent" : "a sequence")}; the operator takes tensors");
            same = same && Same(i);
        }

        if (!same) Prepare();

        for (int i = 0; i < _inputs.Length; i++)
            _inputAddresses[i] = _inputs[i] is { } t && _executor!.Reads(i) ? (nint)(_halves?.Input(i, t) ?? t).Data : 0;
        for (int i = 0; i < _results.Length; i++)
        {
            var v = _prepared!.Outputs[i];
            _outputAddresses[i] = v is { IsStatic: true } ? (nint)Allocate(i, v.Type, v.Shape!.Value) : 0;
        }

        _executor!.Execute(new StepContext(PointerTable.Over(_inputAddresses), PointerTable.Over(_outputAddresses), _scratch!.Base, pool, this));
        _halves?.Finish(_results);
    }

    public void* Allocate(int output, DataType type, Shape shape) =>
        (_halves?.Target(output, type, shape) ?? _results[output]!.Ensure(type, shape)).Data;

    public override void Dispose()
    {
        _executor?.Dispose();
        _scratch?.Dispose();
        foreach (var result in _results) result?.Free();
    }

    private bool Same(int i)
    {
        var now = _inputs[i];
        var then = _remembered[i];
        if (now is null || then is null) return now is null && then is null;
        if (now.Type != then.Type || now.Shape != then.Shape) return false;
        return !_prepared!.Consulted(i) || ReferenceEquals(now, then) || now.Bytes.SequenceEqual(then.Bytes);
    }

    private void Prepare()
    {
        _executor?.Dispose();
        _executor = null;
        _prepared = new Node(Node.Domain, Node.OpType, Node.Opset, Node.Name,
            _inputs.Select((t, i) => t is null ? null : AsConstant(Node.Inputs[i]!, t)),
            Node.Outputs.Select(v => v is null ? null : new Value(v.Name)));
        Node.Attributes.CopyTo(_prepared.Attributes);
        _halves = HalfStaging.Of(_prepared, _op);
        NodeInference.Infer(_prepared, _op);
        // Before executors are made: some hold the result itself.
        for (int i = 0; i < _results.Length; i++)
            if (_prepared.Outputs[i] is { IsStatic: true } v) _results[i]?.Check(v.Type, v.Shape!.Value);
        // What shapes follow from holds until it changes; elements that nobody asked for so far are this run's alone.
        for (int i = 0; i < _inputs.Length; i++)
            if (_prepared.Input(i) is { } v && !Node.Inputs[i]!.IsConstant && !_prepared.Consulted(i)) v.ForgetConstant();
        _executor = NodeInference.Prepare(_prepared, _op, _kernels, _threads, _maxWork);
        _scratch?.Dispose();
        if (_executor.ScratchBytes > _maxBytes)
            throw Node.Error($"the node needs {_executor.ScratchBytes:N0} bytes of scratch; {nameof(SessionLimits)}.{nameof(SessionLimits.MaxActivationBytes)} allows {_maxBytes:N0}");
        _scratch = new Arena(_executor.ScratchBytes);
        for (int i = 0; i < _inputs.Length; i++)
        {
            // The elements are copied where they were consulted and may change; else type and shape are enough.
            var t = _inputs[i];
            _remembered[i] = t is not null && _prepared.Consulted(i) && !Node.Inputs[i]!.IsConstant ? t.Clone() : t;
        }
    }

    private static Value AsConstant(Value source, Tensor tensor)
    {
        var v = new Value(source.Name);
        if (source.Stored is { } stored) v.SetStored(stored);
        else v.SetConstant(tensor);
        return v;
    }
}
