namespace Edge.Pipeline.Events;

/// <summary>Makes the ids of the contract.</summary>
public static class EventId
{
    /// <summary>
    /// A new id that sorts by time of making: a version 7 UUID (RFC 9562) as 32 hexadecimal digits, which is a well-formed
    /// <see cref="Identifier"/>. Used for messages, parts, incidents and boots.
    /// </summary>
    public static string New() => Guid.CreateVersion7().ToString("N");
}
