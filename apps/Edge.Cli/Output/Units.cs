namespace Edge.Cli.Output;

/// <summary>Numbers as people read them.</summary>
internal static class Units
{
    /// <summary><c>1.2 MB</c>, decimal.</summary>
    public static string Bytes(long n) => n switch
    {
        < 1000 => $"{n} B",
        < 1000_000 => $"{n / 1e3:0.0} KB",
        < 1000_000_000 => $"{n / 1e6:0.0} MB",
        _ => $"{n / 1e9:0.00} GB",
    };

    /// <summary><c>300 M</c>.</summary>
    public static string Count(long n) => n switch
    {
        < 10_000 => $"{n}",
        < 1000_000 => $"{n / 1e3:0.0} k",
        < 1000_000_000 => $"{n / 1e6:0.0} M",
        _ => $"{n / 1e9:0.00} G",
    };

    /// <summary><c>0.431 ms</c>.</summary>
    public static string Milliseconds(double ms) => ms switch
    {
        < 10 => $"{ms:0.000} ms",
        < 100 => $"{ms:0.00} ms",
        _ => $"{ms:0.0} ms",
    };
}
