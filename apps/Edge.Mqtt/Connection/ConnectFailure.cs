using System.Net.Sockets;
using MQTTnet;
using MQTTnet.Exceptions;

namespace Edge.Mqtt.Connection;

/// <summary>Turns what went wrong while connecting into one line that says what to check.</summary>
internal static class ConnectFailure
{
    /// <summary>The broker answered CONNACK with a refusal.</summary>
    public static string Explain(MqttClientConnectResult result, MqttOptions options)
    {
        string advice = result.ResultCode switch
        {
            MqttClientConnectResultCode.BadUserNameOrPassword => $"bad user name or password; check user '{options.UserName}' and {Where(options)}",
            MqttClientConnectResultCode.NotAuthorized => options.UserName is null
                ? "not authorized; the broker wants a user name and password or a client certificate"
                : $"not authorized; check what the broker allows user '{options.UserName}', and {Where(options)}",
            MqttClientConnectResultCode.ClientIdentifierNotValid => $"the broker does not accept the client id '{options.ClientId}'",
            MqttClientConnectResultCode.UnsupportedProtocolVersion => "the broker does not speak MQTT 5; it needs Mosquitto 1.6, EMQX 3, HiveMQ 4 or later",
            MqttClientConnectResultCode.Banned => "the broker banned this client",
            MqttClientConnectResultCode.ServerUnavailable or MqttClientConnectResultCode.ServerBusy => "the broker is not available now",
            MqttClientConnectResultCode.QuotaExceeded or MqttClientConnectResultCode.ConnectionRateExceeded => "the broker has too many connections",
            MqttClientConnectResultCode.UseAnotherServer or MqttClientConnectResultCode.ServerMoved => $"use another broker: {result.ServerReference}",
            MqttClientConnectResultCode.QoSNotSupported or MqttClientConnectResultCode.RetainNotSupported => "the broker cannot keep the last will (QoS 1, retained)",
            _ => "see the broker's log",
        };
        string reason = string.IsNullOrEmpty(result.ReasonString) ? "" : $" ({OneLine(result.ReasonString)})";
        return $"refused by the broker with {result.ResultCode} 0x{(int)result.ResultCode:X2}{reason}: {advice}";
    }

    /// <summary>It did not get as far as an answer.</summary>
    public static string Explain(Exception exception, MqttOptions options, string? certificateProblem)
    {
        if (certificateProblem is not null)
            return certificateProblem;
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case MqttSetupException:
                    return e.Message;
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return "nobody listens there; check that the broker runs, and host and port";
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData }:
                    return $"the name '{options.Host}' cannot be resolved; check the host and the device's DNS";
                case SocketException { SocketErrorCode: SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown }:
                    return "no way there; check the device's network";
                case SocketException socket:
                    return $"{OneLine(socket.Message)}{TlsHint(options)}";
                case System.Security.Authentication.AuthenticationException:
                    return $"the TLS handshake failed: {OneLine((e.InnerException ?? e).Message)}{TlsHint(options)}";
                case MqttCommunicationTimedOutException:
                    return NoAnswer(options);
            }
        }
        return $"{OneLine(exception.GetBaseException().Message)}{TlsHint(options)}";
    }

    /// <summary>The time ran out.</summary>
    public static string NoAnswer(MqttOptions options) =>
        $"no answer within {options.ConnectTimeout.TotalSeconds:0.#} s; check host, port and firewall{TlsHint(options)}";

    private static string TlsHint(MqttOptions options) => options.Tls is null
        ? "; does the port expect TLS?"
        : "; does the port speak TLS, and does it want a client certificate?";

    private static string Where(MqttOptions options) => options switch
    {
        { PasswordFile: { } file } => $"the password in {file}",
        { PasswordVariable: { } variable } => $"the password in the variable {variable}",
        _ => "give a password file or variable",
    };

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").TrimEnd('.', ' ');
}
