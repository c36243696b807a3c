namespace Edge.Cli.Output;

/// <summary>A command cannot do what was asked. The message is one line that says why and what would work.</summary>
internal sealed class CommandException : Exception
{
    public CommandException(string message)
        : base(message)
    {
    }

    public CommandException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
