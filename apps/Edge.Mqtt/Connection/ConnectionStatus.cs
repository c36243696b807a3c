namespace Edge.Mqtt.Connection;

/// <summary>Where a connection stands.</summary>
public enum ConnectionState
{
    /// <summary>The first attempt is under way or has not begun.</summary>
    Connecting,

    /// <summary>The broker accepted it.</summary>
    Connected,

    /// <summary>The broker is away or refuses; it is tried again.</summary>
    Waiting,

    /// <summary>Stopped by its owner.</summary>
    Stopped,
}

/// <summary>State of a connection.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Problem">In <see cref="ConnectionState.Waiting"/>: one line with the reason and what to check.</param>
public readonly record struct ConnectionStatus(ConnectionState State, string? Problem = null);
