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
    private readonly (int Slot, int Input)[] _inputSlots;
    private readonly Tensor?[] _staging;
    private readonly Tensor?[] _present;
    private readonly DynamicValue?[] _dynamicOutputs;
    private readonly Tensor[] _outputs;
    private readonly object[] _keepAlive;

    /// <param name="inputShapes">The shapes for which the plan was made.</param>
    /// <param name="steps">In execution order.</param>
    /// <param name="arena">Owned.</param>
    /// <param name="pointers">Native table of the steps' input and output pointers; owned.</param>
    /// <param name="inputSlots">Entries of the table that point to a tensor of the caller.</param>
    /// <param name="present">The caller's tensors during a run; shared with dynamic steps.</param>
    /// <param name="outputs">One tensor an output; entries of dynamic ones are replaced after each run.</param>
    /// <param name="dynamicOutputs">For outputs whose shape a run decides, where they are found; else null.</param>
    /// <param name="keepAlive">Constants that steps point into.</param>
    public ExecutionPlan(
        Shape[] inputShapes,
        PlanStep[] steps,
        Arena arena,
        void** pointers,
        (int Slot, int Input)[] inputSlots,
        Tensor?[] present,
        Tensor[] outputs,
        DynamicValue?[] dynamicOutputs,
        object[] keepAlive)
    {
        InputShapes = inputShapes;
        Steps = steps;
        Arena = arena;
        _pointers = pointers;
        _inputSlots = inputSlots;
        _present = present;
        _staging = new Tensor?[present.Length];
        _outputs = outputs;
        _dynamicOutputs = dynamicOutputs;
        _keepAlive = keepAlive;
    }

    ~ExecutionPlan() => FreePointers();

    public Shape[] InputShapes { get; }

    public PlanStep[] Steps { get; }

    public Arena Arena { get; }

    public IReadOnlyList<Tensor> Outputs => _outputs;

    public int RunCount { get; private set; }

    public bool Fits(ReadOnlySpan<Tensor> inputs)
    {
        for (int i = 0; i < inputs.Length; i++)
            if (inputs[i].Shape != InputShapes[i]) return false;
        return true;
    }

    /// <summary>Runs all steps. The inputs have been validated.</summary>
    public IReadOnlyList<Tensor> Run(ReadOnlySpan<Tensor> inputs, WorkerPool pool, bool profile)
    {
        for (int i = 0; i < inputs.Length; i++) _present[i] = inputs[i].HasSlack && !IsOwnOutput(inputs[i]) ? inputs[i] : Stage(i, inputs[i]);
        foreach (var (slot, input) in _inputSlots) _pointers[slot] = _present[input]!.Data;

        if (profile) RunProfiled(pool);
        else
            foreach (var step in Steps) step.Run(pool);

        for (int i = 0; i < _outputs.Length; i++)
            if (_dynamicOutputs[i] is { } d) _outputs[i] = d.Tensor!;

        // The pointers above do not keep the caller's tensors alive; these references do, up to here.
        Array.Clear(_present);
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

    private void RunProfiled(WorkerPool pool)
    {
        foreach (var step in Steps)
        {
            long start = Stopwatch.GetTimestamp();
            step.Run(pool);
            step.Ticks += Stopwatch.GetTimestamp() - start;
        }
    }

    /// <summary>Recurrent state fed back: a step may write the output before another has read the input.</summary>
    private bool IsOwnOutput(Tensor input)
    {
        foreach (var output in _outputs)
            if (output.Data == input.Data) return true;
        return false;
    }

    private Tensor Stage(int index, Tensor input)
    {
        var staging = _staging[index] ??= Tensor.Create(input.Type, input.Shape);
        input.Bytes.CopyTo(staging.Bytes);
        return staging;
    }
}
