namespace Edge.Mqtt.Connection;

/// <summary>A received message, copied out of the client's buffers.</summary>
internal sealed record IncomingMessage(string Topic, ReadOnlyMemory<byte> Payload, bool Retained, string? ResponseTopic, byte[]? CorrelationData);
