using System.Runtime.ExceptionServices;
using Edge.Kernels.Threading;
using Edge.Onnx;
using Edge.Runtime.Caching;
using Edge.Runtime.Execution;
using Edge.Runtime.Graph;
using Edge.Runtime.Operators;

namespace Edge.Runtime.Planning;

/// <summary>
/// Prepares the executors of a graph's steps: chooses kernels and packs weights. No step needs another one, so that all
/// threads take part; what fails is told of the same step as if one thread had prepared them in order.
/// </summary>
/// <param name="graph">The graph.</param>
/// <param name="settings">Kernels, threads and limits.</param>
/// <param name="weights">Where packed weights come from, or go to.</param>
/// <param name="isPrepared">Whether a step has an executor.</param>
/// <param name="operators">Of all steps.</param>
internal sealed class StepPreparation(ModelGraph graph, PlanSettings settings, PlanWeights weights, Func<int, bool> isPrepared, Operator[] operators)
{
    private readonly Lock _gate = new();
    private readonly Executor?[] _executors = new Executor?[operators.Length];
    private ExceptionDispatchInfo? _failure;
    private int _failed = int.MaxValue;
    private long _packed;
    private long _constants;

    /// <returns>By step; null where it has none.</returns>
    /// <exception cref="ModelException">A node cannot be prepared, or packed weights take more memory than the limits allow.</exception>
    public Executor?[] Run(WorkerPool pool)
    {
        var steps = new List<int>();
        for (int step = 0; step < operators.Length; step++)
        {
            if (!isPrepared(step)) continue;
            steps.Add(step);
            foreach (var v in graph.Nodes[step].Inputs)
                if (v?.Constant is { } constant) _constants += constant.ByteLength;
        }

        var job = new Job(this, steps);
        pool.Run(ref job, steps.Count);
        if (_failure is null) return _executors;
        foreach (var executor in _executors) executor?.Dispose();
        _failure.Throw();
        return [];
    }

    private void Prepare(int step)
    {
        // Those before what has failed go on: one of them may fail, too, and is the first then.
        if (step > Volatile.Read(ref _failed)) return;
        try
        {
            var node = graph.Nodes[step];
            var executor = NodeInference.Prepare(node, operators[step], settings.Kernels, settings.Threads, settings.Limits.MaxNodeWork, weights.For(step));
            _executors[step] = executor;
            CountPacked(node, executor.PackedBytes);
            weights.Prepared(executor.PackedBytes);
        }
        catch (Exception e)
        {
            lock (_gate)
            {
                if (step > _failed) return;
                _failed = step;
                _failure = ExceptionDispatchInfo.Capture(e);
            }
        }
    }

    /// <summary>Packing pads: what is one column wide takes many times its bytes.</summary>
    private void CountPacked(Node node, nint bytes)
    {
        long allowed = settings.Limits.MaxActivationBytes + 4 * _constants, packed = Interlocked.Add(ref _packed, bytes);
        if (packed > allowed)
            throw node.Error($"packed weights take {packed:N0} bytes so far; {nameof(SessionLimits)}.{nameof(SessionLimits.MaxActivationBytes)} and four times the weights allow {allowed:N0}");
    }

    private readonly struct Job(StepPreparation preparation, List<int> steps) : IParallelJob
    {
        public void Execute(int chunk) => preparation.Prepare(steps[chunk]);
    }
}
