namespace Edge.Devices;

/// <summary>One frame of a source that otherwise works cannot be read: a truncated picture, a failed transfer.</summary>
public sealed class FrameException : DeviceException
{
    public FrameException(string message, string name, long sequence)
        : base(message) => (Name, Sequence) = (name, sequence);

    public FrameException(string message, string name, long sequence, Exception inner)
        : base(message, inner) => (Name, Sequence) = (name, sequence);

    /// <summary>The name that the frame would have had.</summary>
    public string Name { get; }

    /// <summary>The sequence number that the frame would have had.</summary>
    public long Sequence { get; }

    /// <summary>The file, where there is one.</summary>
    public string? Path { get; init; }
}
