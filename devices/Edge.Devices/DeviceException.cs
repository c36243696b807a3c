namespace Edge.Devices;

/// <summary>
/// A device, file or folder cannot be used. The message is one line that names it and says what would work.
/// </summary>
public class DeviceException : Exception
{
    public DeviceException(string message)
        : base(message)
    {
    }

    public DeviceException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
