using System.Diagnostics;
using Edge.Runtime.Graph;

namespace Edge.Runtime.Execution;

/// <summary>
/// What is left of one run's time and iterations. Loops inside of loops draw on the same budget: each alone may be
/// harmless. Not synchronized: a session's steps run one after the other.
/// </summary>
/// <param name="limits">What a run may take.</param>
/// <param name="throttle">Keeps to a share of the processors; null for no limit.</param>
internal sealed class RunBudget(SessionLimits limits, CpuThrottle? throttle)
{
    private long _iterations;
    private long _start = Stopwatch.GetTimestamp();

    /// <summary>A run begins.</summary>
    public void Start()
    {
        _iterations = 0;
        _start = Stopwatch.GetTimestamp();
    }

    /// <summary>The run is over, or failed.</summary>
    public void End() => throttle?.EndRun();

    /// <summary>The body of <paramref name="node"/> is to run once more.</summary>
    /// <exception cref="Onnx.ModelException">It has often enough.</exception>
    public void TakeIteration(Node node)
    {
        if (++_iterations > limits.MaxLoopIterations)
            throw node.Error($"the loop does not end after {limits.MaxLoopIterations:N0} iterations; {nameof(SessionLimits)}.{nameof(SessionLimits.MaxLoopIterations)} allows no more");
    }

    /// <summary>Before each step: pauses if there is no processor time left.</summary>
    /// <exception cref="Onnx.ModelException">The run has taken too long.</exception>
    public void BeforeStep(Node node)
    {
        throttle?.BeforeStep();
        if (Stopwatch.GetElapsedTime(_start) > limits.MaxRunTime)
            throw node.Error($"the run takes longer than {limits.MaxRunTime.TotalSeconds:N0} s; {nameof(SessionLimits)}.{nameof(SessionLimits.MaxRunTime)} allows no more");
    }
}
