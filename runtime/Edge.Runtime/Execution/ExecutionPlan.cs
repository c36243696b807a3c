using System.Diagnostics;
using System.Runtime.InteropServices;
using Edge.Kernels.Threading;
using Edge.Tensors;

namespace Edge.Runtime.Execution;

/// <summary>
/// A graph made ready for one set of input shapes: steps in order over one arena. Not synchronized.
/// </summary>
internal sealed unsafe class ExecutionPlan : IDisposable
{
    private void** _pointers;
    private readonly (int Slot, int Input, nint Offset)[] _inputSlots;
    private readonly Tensor?[] _staging;
    private readonly RunValue[] _present;
    private readonly InputView[] _views;
    private readonly PlanOutput[] _sources;
    private readonly RunValue[] _outputs;
    private readonly object[] _keepAlive;
    private readonly RunBudget _budget;
    private readonly RowChain?[] _chains;

    /// <param name="inputs">What the plan was made for.</param>
    /// <param name="steps">In execution order.</param>
    /// <param name="chains">For each step the chain that begins with it; null where none does.</param>
    /// <param name="arena">Owned.</param>
    /// <param name="pointers">Native table of the steps' input and output pointers; owned.</param>
    /// <param name="inputSlots">Entries of the table that point to a tensor of the caller.</param>
    /// <param name="present">The caller's values during a run; shared with steps.</param>
    /// <param name="views">Inputs that steps read under another shape.</param>
    /// <param name="outputs">Where each output is found after the steps.</param>
    /// <param name="keepAlive">Constants that steps point into.</param>
    /// <param name="budget">Of the session.</param>
    public ExecutionPlan(
        PlanInput[] inputs,
        PlanStep[] steps,
        RowChain?[] chains,
        Arena arena,
        void** pointers,
        (int Slot, int Input, nint Offset)[] inputSlots,
        RunValue[] present,
        InputView[] views,
        PlanOutput[] outputs,
        object[] keepAlive,
        RunBudget budget)
    {
        _budget = budget;
        Inputs = inputs;
        Steps = steps;
        _chains = chains;
        Arena = arena;
        _pointers = pointers;
        _inputSlots = inputSlots;
        _present = present;
        _views = views;
        _staging = new Tensor?[present.Length];
        _sources = outputs;
        _outputs = [.. outputs.Select(o => o.Fixed is { } t ? RunValue.Of(t) : new RunValue())];
        _keepAlive = keepAlive;
    }

    ~ExecutionPlan() => FreePointers();

    public PlanInput[] Inputs { get; }

    public PlanStep[] Steps { get; }

    public Arena Arena { get; }

    public int RunCount { get; private set; }

    /// <summary>Whether a step is one of a chain, and not the first.</summary>
    public bool IsChained(int step)
    {
        for (int first = step - 1; first >= 0; first--)
            if (_chains[first] is { } chain) return first + chain.Length > step;
        return false;
    }

    /// <summary>Whether the plan was made for values like these.</summary>
    public bool Fits(ReadOnlySpan<RunValue> inputs)
    {
        for (int i = 0; i < inputs.Length; i++)
            if (!Inputs[i].Fits(inputs[i].Tensor)) return false;
        return true;
    }

    /// <summary>
    /// Runs all steps. The inputs have been found to fit. What is returned is always the same array, and its tensors hold
    /// until the next run; none of them is one of the inputs.
    /// </summary>
    public RunValue[] Run(ReadOnlySpan<RunValue> inputs, WorkerPool pool, bool profile)
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].Tensor is not { } t) _present[i].Refer(inputs[i]);
            else _present[i].Refer(t.HasSlack && !IsOwnOutput(t) ? t : Stage(i, t));
        }

        foreach (var (slot, input, offset) in _inputSlots) _pointers[slot] = _present[input].Tensor!.Data + offset;
        foreach (var view in _views) view.Follow();

        for (int i = 0; i < Steps.Length;)
        {
            PlanStep step = Steps[i];
            _budget.BeforeStep(step.Node);
            try
            {
                if (_chains[i] is { } chain)
                {
                    chain.Run(pool, profile);
                    i += chain.Length;
                    continue;
                }

                long start = profile ? Stopwatch.GetTimestamp() : 0;
                step.Run(pool);
                if (profile) step.Ticks += Stopwatch.GetTimestamp() - start;
                i++;
            }
            catch (Exception e) when (NodeInference.IsOfTheNode(e))
            {
                throw NodeInference.Malformed(step.Node, e);
            }
        }

        for (int i = 0; i < _outputs.Length; i++)
        {
            if (_sources[i].Dynamic is not { } value) continue;
            if (_sources[i].IsInput) _outputs[i].Copy(value);
            else _outputs[i].Refer(value);
        }

        // The pointers above do not keep the caller's tensors alive; these references do, up to here.
        foreach (var value in _present) value.Clear();
        RunCount++;
        return _outputs;
    }

    public void Dispose()
    {
        foreach (var step in Steps) step.Dispose();
        Arena.Dispose();
        FreePointers();
        GC.SuppressFinalize(this);
        GC.KeepAlive(_keepAlive);
    }

    private void FreePointers()
    {
        NativeMemory.Free(_pointers);
        _pointers = null;
    }

    /// <summary>Recurrent state fed back: a step may write the output before another has read the input.</summary>
    private bool IsOwnOutput(Tensor input)
    {
        foreach (var output in _outputs)
            if (output.Tensor is { } t && t.Data == input.Data) return true;
        return false;
    }

    private Tensor Stage(int index, Tensor input)
    {
        var staging = _staging[index];
        if (staging is null || staging.Type != input.Type || staging.Shape != input.Shape) _staging[index] = staging = Tensor.Create(input.Type, input.Shape);
        input.Bytes.CopyTo(staging.Bytes);
        return staging;
    }
}
