namespace Edge.OnnxRuntime.Engines;

/// <summary>Reports that something is still under way, once a second, until it is disposed.</summary>
internal sealed class ProgressTicker : IDisposable
{
    private readonly IProgress<EngineProgress> _progress;
    private readonly EngineProgress _start;
    private readonly TimeProvider _clock;
    private readonly long _began;
    private readonly ITimer _timer;
    private readonly Lock _reporting = new();
    private bool _done;

    public ProgressTicker(IProgress<EngineProgress> progress, EngineProgress start, TimeProvider clock)
    {
        (_progress, _start, _clock, _began) = (progress, start, clock, clock.GetTimestamp());
        progress.Report(start);
        _timer = clock.CreateTimer(_ => Tick(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_reporting)
        {
            if (_done) return;
            _done = true;
            _progress.Report(_start with { Elapsed = _clock.GetElapsedTime(_began), Done = true });
        }
    }

    private void Tick()
    {
        // A tick that comes late must not follow the last report.
        lock (_reporting)
            if (!_done) _progress.Report(_start with { Elapsed = _clock.GetElapsedTime(_began) });
    }
}
