namespace Edge.Mqtt.Connection;

/// <summary>The connection ended while something was under way; whether the broker has it is not known.</summary>
internal sealed class SessionLostException(string reason, Exception? inner = null) : Exception(reason, inner);

/// <summary>No connection came about. The message is one line.</summary>
internal sealed class ConnectFailedException(string problem, Exception? inner = null) : Exception(problem, inner);
