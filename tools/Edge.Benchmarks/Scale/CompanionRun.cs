using System.Diagnostics;
using Edge.Benchmarks.Measuring;
using Edge.Runtime;
using Edge.Tensors;

namespace Edge.Benchmarks.Scale;

/// <summary>
/// One-thread runs of a model on one core while the next core runs the same model, in a session of its own. What they take longer
/// than alone, cores take from each other (caches, memory, clock, a host that has other guests), whatever a runtime does.
/// </summary>
/// <remarks>
/// Nothing is shared, weights neither: two threads at twice the speed of one would fetch weights twice as fast, as do two models.
/// The companion begins with a run here, and ends a little after the last one. Not thread-safe.
/// </remarks>
internal sealed class CompanionRun : IDisposable
{
    /// <summary>How long the companion goes on without a run here: runs of a turn follow each other at once.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(2);

    private readonly InferenceSession _first;
    private readonly InferenceSession _second;
    private readonly Tensor[] _inputs;
    private readonly ManualResetEventSlim _wanted = new();
    private readonly Thread _thread;
    private volatile bool _running, _stopping;
    private long _end;

    /// <param name="model">The model.</param>
    /// <param name="companion">The same, loaded once more.</param>
    /// <param name="inputs">What both get.</param>
    public CompanionRun(Model model, Model companion, Tensor[] inputs)
    {
        _first = new InferenceSession(model, new SessionOptions { Threads = 1 });
        _second = new InferenceSession(companion, new SessionOptions { Threads = 1 });
        _inputs = inputs;
        _thread = new Thread(Accompany) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Runs the model once on the first core. Afterwards the calling thread may run on two cores.</summary>
    public void Run()
    {
        _running = true;
        _wanted.Set();
        Affinity.PinTo(0);
        _first.Run(_inputs);
        Affinity.Pin(2);
        Volatile.Write(ref _end, Stopwatch.GetTimestamp());
        _running = false;
    }

    public void Dispose()
    {
        _stopping = true;
        _wanted.Set();
        _thread.Join();
        _wanted.Dispose();
        _first.Dispose();
        _second.Dispose();
    }

    private void Accompany()
    {
        Affinity.PinTo(1);
        while (!_stopping)
        {
            _wanted.Wait();
            _second.Run(_inputs);
            if (!_running && Stopwatch.GetElapsedTime(Volatile.Read(ref _end)) > s_patience) _wanted.Reset();
        }
    }
}
