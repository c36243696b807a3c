namespace Edge.Mqtt;

/// <summary>
/// What the MQTT side was given cannot work: an option, a file, a folder. Thrown before anything is connected. The message
/// is one line that names the option or file and says what would work.
/// </summary>
public sealed class MqttSetupException : Exception
{
    public MqttSetupException(string message)
        : base(message)
    {
    }

    public MqttSetupException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
