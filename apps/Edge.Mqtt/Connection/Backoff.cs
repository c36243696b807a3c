namespace Edge.Mqtt.Connection;

/// <summary>Pauses that double with each failure up to a limit, each shortened by chance by up to a half. Used by one thread.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan limit, Random random)
{
    private int _failures;

    public void Reset() => _failures = 0;

    public TimeSpan Next()
    {
        // 2^30 first pauses are beyond any limit; more would overflow nothing but sense.
        double whole = Math.Min(limit.TotalSeconds, first.TotalSeconds * Math.ScaleB(1, Math.Min(_failures++, 30)));
        return TimeSpan.FromSeconds(whole * (0.5 + 0.5 * random.NextDouble()));
    }
}
