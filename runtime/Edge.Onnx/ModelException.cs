namespace Edge.Onnx;

/// <summary>
/// A model, or what was given to it, cannot be used. The message is one line for the person who chose the model: it
/// names the file, node, tensor or attribute, and says what would work.
/// </summary>
public sealed class ModelException : Exception
{
    public ModelException(string message)
        : base(message)
    {
    }

    public ModelException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
