namespace Edge.Mqtt;

/// <summary>
/// How to reach a broker. Checked by <see cref="Check"/> when the sink or the probe is made. Holds no secret, so that it may be printed.
/// </summary>
public sealed record MqttOptions
{
    public required string Host { get; init; }

    /// <summary>Null: 8883 with <see cref="Tls"/>, 1883 without.</summary>
    public int? Port { get; init; }

    /// <summary>Null: not encrypted.</summary>
    public TlsOptions? Tls { get; init; }

    public string? UserName { get; init; }

    /// <summary>A file with the password; a line break at its end does not count. Read at every connect, so that it may change.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Name of the environment variable with the password, instead of <see cref="PasswordFile"/>.</summary>
    public string? PasswordVariable { get; init; }

    /// <summary>Null: made from site, line and device. A broker throws out the older of two clients with the same id.</summary>
    public string? ClientId { get; init; }

    /// <summary>A silent connection is found dead after one and a half of it.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For name resolution, TCP, TLS and the broker's answer together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A broker that leaves a message unacknowledged for so long is taken for dead and the connection is made anew.</summary>
    public TimeSpan AcknowledgementTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Messages sent and not yet acknowledged. The broker's own limit (receive maximum) counts if it is lower.</summary>
    public int MaxInFlight { get; init; } = 64;

    /// <summary>
    /// Pause before the first new attempt; doubled with each failure up to <see cref="MaxReconnectDelay"/>, and shortened
    /// by chance by up to a half, so that a hundred devices do not come back in the same instant.
    /// </summary>
    public TimeSpan ReconnectDelay { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan MaxReconnectDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long the broker keeps what this client subscribed to while it is away. Zero, right for a device: a command that
    /// waited for hours must not be carried out. Needs a <see cref="ClientId"/> that stays the same.
    /// </summary>
    public TimeSpan SessionExpiry { get; init; }

    internal int EffectivePort => Port ?? (Tls is null ? 1883 : 8883);

    internal string Address => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{EffectivePort}" : $"{Host}:{EffectivePort}";

    /// <exception cref="MqttSetupException">Names the option or file and says what would work.</exception>
    public void Check()
    {
        Require(!string.IsNullOrWhiteSpace(Host), "host is empty; give the broker's name or address");
        Require(EffectivePort is > 0 and < 65536, $"port {Port} is not in 1…65535");
        Require(MaxInFlight is > 0 and < 65536, $"{nameof(MaxInFlight)} {MaxInFlight} is not in 1…65535");
        Require(KeepAlive >= TimeSpan.FromSeconds(1) && KeepAlive.TotalSeconds < 65536, $"{nameof(KeepAlive)} {KeepAlive} is not in 1…65535 s");
        Require(ConnectTimeout > TimeSpan.Zero && AcknowledgementTimeout > TimeSpan.Zero, "timeouts must be longer than 0");
        Require(ReconnectDelay > TimeSpan.Zero && ReconnectDelay <= MaxReconnectDelay, $"{nameof(ReconnectDelay)} {ReconnectDelay} is not between 0 and {nameof(MaxReconnectDelay)} {MaxReconnectDelay}");
        Require(SessionExpiry >= TimeSpan.Zero && SessionExpiry.TotalSeconds < uint.MaxValue, $"{nameof(SessionExpiry)} {SessionExpiry} is negative or too long");
        Require(PasswordFile is null || PasswordVariable is null, "the password comes from a file or from a variable, not from both");
        Require((PasswordFile ?? PasswordVariable) is null || UserName is not null, "a password is given without a user name");
        _ = ReadPassword();
        Tls?.Check();
    }

    /// <summary>Null if none is configured.</summary>
    /// <exception cref="MqttSetupException">It is configured, but cannot be read.</exception>
    internal string? ReadPassword()
    {
        if (PasswordVariable is not null)
            return Environment.GetEnvironmentVariable(PasswordVariable)
                ?? throw new MqttSetupException($"mqtt {Address}: the environment variable {PasswordVariable} for the password is not set");
        if (PasswordFile is null)
            return null;
        try
        {
            return File.ReadAllText(PasswordFile).TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MqttSetupException($"mqtt {Address}: the password file cannot be read: {e.Message}", e);
        }
    }

    private void Require(bool condition, string otherwise)
    {
        if (!condition)
            throw new MqttSetupException($"mqtt {Host}: {otherwise}");
    }
}
