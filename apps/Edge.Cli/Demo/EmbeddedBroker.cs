using System.Net;
using System.Security.Cryptography;
using System.Text;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace Edge.Cli.Demo;

/// <summary>How an <see cref="EmbeddedBroker"/> is to be.</summary>
internal sealed record EmbeddedBrokerOptions
{
    /// <summary>0: any free one.</summary>
    public int Port { get; init; }

    /// <summary>With <see cref="Password"/>: what clients must show. Null: anyone on this machine may connect.</summary>
    public string? UserName { get; init; }

    public string? Password { get; init; }
}

/// <summary>
/// An MQTT broker inside of this process, on the loopback address only: for the demo and for tests. It keeps everything in
/// memory. Disposing stops it.
/// </summary>
internal sealed class EmbeddedBroker : IAsyncDisposable
{
    /// <summary>Where it listens.</summary>
    public const string Host = "127.0.0.1";

    private readonly EmbeddedBrokerOptions _options;

    private EmbeddedBroker(EmbeddedBrokerOptions options, MqttServer server, int port)
    {
        _options = options;
        Server = server;
        Port = port;
    }

    public int Port { get; private set; }

    /// <summary>To look at and to meddle with what it does.</summary>
    public MqttServer Server { get; }

    /// <summary>Clients can connect when it returns.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The port is taken.</exception>
    public static async Task<EmbeddedBroker> StartAsync(EmbeddedBrokerOptions? options = null)
    {
        options ??= new EmbeddedBrokerOptions();
        MqttServerOptions serverOptions = new MqttServerOptionsBuilder()
            .WithDefaultEndpoint()
            .WithDefaultEndpointBoundIPAddress(IPAddress.Loopback)
            .WithDefaultEndpointBoundIPV6Address(IPAddress.None)
            .WithDefaultEndpointPort(options.Port)
            .WithDefaultEndpointReuseAddress() // a port that was in use a moment ago, by the broker before this one
            .WithPersistentSessions()
            // The default of 250 silently drops the oldest message for a subscriber that falls behind.
            .WithMaxPendingMessagesPerClient(int.MaxValue)
            .Build();
        MqttServer server = new MqttServerFactory().CreateMqttServer(serverOptions);
        var broker = new EmbeddedBroker(options, server, options.Port);
        server.ValidatingConnectionAsync += broker.ValidateAsync;
        try
        {
            await server.StartAsync().ConfigureAwait(false);
        }
        catch
        {
            server.Dispose();
            throw;
        }
        broker.Port = serverOptions.DefaultEndpointOptions.Port;
        return broker;
    }

    public async ValueTask DisposeAsync()
    {
        if (Server.IsStarted)
            await Server.StopAsync(new MqttServerStopOptions()).ConfigureAwait(false);
        Server.Dispose();
    }

    private Task ValidateAsync(ValidatingConnectionEventArgs connection)
    {
        if (_options.UserName is null)
            return Task.CompletedTask;
        bool known = connection.UserName == _options.UserName
            && CryptographicOperations.FixedTimeEquals(connection.RawPassword ?? [], Encoding.UTF8.GetBytes(_options.Password ?? ""));
        if (!known)
            connection.ReasonCode = MqttConnectReasonCode.BadUserNameOrPassword;
        return Task.CompletedTask;
    }
}
