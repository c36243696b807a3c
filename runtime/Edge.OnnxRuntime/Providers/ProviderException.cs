namespace Edge.OnnxRuntime.Providers;

/// <summary>
/// An execution provider that was asked for cannot be used, or not as it was asked for. The message is one line: what was
/// asked for, what is missing, and what would work on this machine.
/// </summary>
public sealed class ProviderException : Exception
{
    public ProviderException(string message)
        : base(message)
    {
    }

    public ProviderException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
