namespace Edge.Pipeline.Events;

/// <summary>
/// An identifier, an event or a received message does not keep to the event contract. The message is one line: it names
/// what was wrong and what would be accepted.
/// </summary>
public sealed class ContractException : Exception
{
    public ContractException(string message)
        : base(message)
    {
    }

    public ContractException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
