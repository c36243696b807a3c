namespace Edge.Devices.Simulated;

/// <summary>
/// Slows a source that is always ready, such as a folder, down to the rate of a camera.
/// </summary>
/// <remarks>
/// Frames come at least one interval apart. A reader that is late shifts the schedule and gets no burst afterwards,
/// as if the camera were triggered by the reader. Owns the inner source.
/// </remarks>
public sealed class PacedFrameSource : IFrameSource
{
    private readonly IFrameSource _inner;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _interval;
    private long _lastAt;
    private bool _started;

    /// <param name="inner">The source to slow down.</param>
    /// <param name="framesPerSecond">Positive.</param>
    /// <param name="clock">The system's clock when null.</param>
    public PacedFrameSource(IFrameSource inner, double framesPerSecond, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        if (!(framesPerSecond > 0) || !double.IsFinite(framesPerSecond))
            throw new ArgumentOutOfRangeException(nameof(framesPerSecond), $"{framesPerSecond} frames per second: a positive number is needed");
        _inner = inner;
        _clock = clock ?? TimeProvider.System;
        _interval = TimeSpan.FromSeconds(1 / framesPerSecond);
    }

    public string Name => _inner.Name;

    public async ValueTask<Frame?> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_started)
        {
            TimeSpan wait = _interval - _clock.GetElapsedTime(_lastAt);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, _clock, cancellationToken).ConfigureAwait(false);
        }
        _started = true;
        _lastAt = _clock.GetTimestamp();
        return await _inner.ReadAsync(cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _inner.DisposeAsync();
}
