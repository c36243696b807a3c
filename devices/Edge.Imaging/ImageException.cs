namespace Edge.Imaging;

/// <summary>
/// A picture cannot be read, written or prepared. The message is one line that says what is wrong with it; who knows the
/// file puts its name in front.
/// </summary>
public sealed class ImageException : Exception
{
    public ImageException(string message)
        : base(message)
    {
    }

    public ImageException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
