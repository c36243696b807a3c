using Edge.Runtime;

namespace Edge.Fuzz.Running;

/// <summary>What one mutant may take before that is a finding, and the limits that the session is given.</summary>
internal static class FuzzLimits
{
    /// <summary>Time on the processor, of the whole process: a busy machine does not make a finding.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(2);

    /// <summary>After which a process that does not answer is ended, on the processor and on the clock.</summary>
    public static readonly TimeSpan Hang = TimeSpan.FromSeconds(10), Lost = TimeSpan.FromMinutes(3);

    public static readonly SessionLimits Session = new()
    {
        MaxActivationBytes = 80L << 20,
        MaxFoldedBytes = 4L << 20,
        MaxNodes = 20_000,
        MaxLoopIterations = 1000,
        MaxNodeWork = 1_000_000_000,
        MaxRunTime = TimeSpan.FromSeconds(1),
    };

    /// <summary>Bytes of the inputs that a run is given; a model that wants more is planned and not run.</summary>
    public const long InputBytes = 16L << 20;

    /// <summary>
    /// Managed bytes that reading, making the session and one run may allocate together: what the reader's own limits
    /// allow for the file, as much again for the graph and packed weights, and a fixed multiple of what activations may take.
    /// </summary>
    public static long Allocated(long fileLength) => 96 * fileLength + 6 * Session.MaxActivationBytes;

    /// <summary>Bytes by which the process may grow.</summary>
    public static long Resident(long fileLength) => 64 * fileLength + 6 * Session.MaxActivationBytes;
}
