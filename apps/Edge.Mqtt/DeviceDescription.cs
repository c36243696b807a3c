using Edge.Pipeline.Events;

namespace Edge.Mqtt;

/// <summary>What the device tells about itself in its birth message and to Home Assistant.</summary>
public sealed record DeviceDescription
{
    /// <summary>For people; null: the device's identifier.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Name and version of the program: <c>edge 0.1.0</c>.</summary>
    public required string Software { get; init; }

    public IReadOnlyList<StreamDescription> Streams { get; init; } = [];
}

/// <summary>One camera or sensor, what its events are and what decides about them.</summary>
public sealed record StreamDescription(string Name, EventKind Kind, ModelReference? Model = null);

/// <summary>State of a stream as the contract names it.</summary>
public enum StreamState
{
    /// <summary>Frames come.</summary>
    Online,

    /// <summary>It is open, but frames stay away.</summary>
    Stalled,

    /// <summary>The camera or sensor cannot be reached.</summary>
    Offline,

    /// <summary>Switched off by configuration or command.</summary>
    Disabled,
}

/// <summary>Parts since the start by verdict.</summary>
public readonly record struct StreamCount(long Ok, long Ng, long Unsure, long Error);
