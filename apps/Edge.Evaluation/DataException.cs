namespace Edge.Evaluation;

/// <summary>Data cannot be read, or does not suit the model. The message is one line that names the file and says what would work.</summary>
public sealed class DataException : Exception
{
    public DataException(string message)
        : base(message)
    {
    }

    public DataException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
