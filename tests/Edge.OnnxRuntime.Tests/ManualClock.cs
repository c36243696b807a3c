namespace Edge.OnnxRuntime.Tests;

/// <summary>A clock that a test moves by hand; its timers fire once for each move that reaches them.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly List<Timer> _timers = [];
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => new(_ticks + new DateTime(2026, 1, 2).Ticks, TimeSpan.Zero);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state), period.Ticks, _ticks + dueTime.Ticks);
        _timers.Add(timer);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        _ticks += by.Ticks;
        foreach (var timer in _timers.ToArray()) timer.Fire();
    }

    private sealed class Timer(ManualClock clock, Action callback, long period, long due) : ITimer
    {
        private long _due = due;

        public void Fire()
        {
            if (clock._ticks < _due) return;
            _due = clock._ticks + period;
            callback();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose() => clock._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
