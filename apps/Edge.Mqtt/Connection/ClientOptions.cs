using System.Security.Cryptography.X509Certificates;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Edge.Mqtt.Connection;

/// <summary>What the broker publishes, retained with QoS 1, when the connection ends without goodbye.</summary>
internal sealed record LastWill(string Topic, byte[] Payload);

/// <summary>Makes MQTTnet's options from ours.</summary>
internal static class ClientOptions
{
    /// <summary>Messages that the broker may have under way to us.</summary>
    public const ushort ReceiveMaximum = 256;

    /// <summary>What the broker may send at once: the largest event and its packet around it.</summary>
    private const uint MaxPacketBytes = (1 << 20) + (64 << 10);

    /// <exception cref="MqttSetupException">A password or certificate file cannot be read.</exception>
    public static MqttClientOptions Build(MqttOptions options, string clientId, LastWill? will, out ServerCertificateCheck? check)
    {
        MqttClientOptionsBuilder builder = new MqttClientOptionsBuilder()
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId(clientId)
            .WithTcpServer(options.Host, options.EffectivePort)
            .WithKeepAlivePeriod(options.KeepAlive)
            .WithTimeout(options.ConnectTimeout)
            // A session that the broker kept would oblige this client to send again with the old packet ids, which MQTTnet does
            // not; a device therefore starts clean and its outbox sends again.
            .WithCleanStart(options.SessionExpiry == TimeSpan.Zero)
            .WithSessionExpiryInterval((uint)options.SessionExpiry.TotalSeconds)
            .WithReceiveMaximum(ReceiveMaximum)
            .WithMaximumPacketSize(MaxPacketBytes)
            .WithRequestProblemInformation();
        if (options.UserName is not null)
            builder.WithCredentials(options.UserName, options.ReadPassword() ?? "");
        if (will is not null)
            builder.WithWillTopic(will.Topic).WithWillPayload(will.Payload).WithWillRetain()
                .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
        check = null;
        if (options.Tls is { } tls)
        {
            string name = tls.ServerName ?? options.Host;
            check = new ServerCertificateCheck(tls.LoadAuthorities(), name, tls.AllowUntrusted);
            builder.WithTlsOptions(Tls(tls, name, check));
        }
        return builder.Build();
    }

    private static MqttClientTlsOptions Tls(TlsOptions tls, string name, ServerCertificateCheck check)
    {
        MqttClientTlsOptionsBuilder builder = new MqttClientTlsOptionsBuilder()
            .UseTls()
            .WithTargetHost(name)
            .WithRevocationMode(X509RevocationMode.NoCheck)
            .WithCertificateValidationHandler(check.Accept);
        if (tls.LoadClientCertificate() is { } certificate)
            builder.WithClientCertificates([certificate]);
        return builder.Build();
    }
}
