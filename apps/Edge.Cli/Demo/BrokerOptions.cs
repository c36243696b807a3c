using System.CommandLine;
using Edge.Cli.Output;
using Edge.Mqtt;

namespace Edge.Cli.Demo;

/// <summary>The options of <c>edge demo</c> that say which broker to use; without them it brings its own.</summary>
internal sealed class BrokerOptions
{
    private readonly Option<string?> _broker = new("--broker") { HelpName = "host:port", Description = "publish to this MQTT broker instead of the one that the demo brings" };
    private readonly Option<string?> _user = new("--user") { HelpName = "name", Description = "user name at the broker" };
    private readonly Option<string?> _passwordFile = new("--password-file") { HelpName = "file", Description = "file with the password" };
    private readonly Option<bool> _tls = new("--tls") { Description = "encrypt the connection" };
    private readonly Option<string?> _ca = new("--ca-file") { HelpName = "file", Description = "PEM file with the authorities that may have signed the broker's certificate; implies --tls" };
    private readonly Option<string?> _certificate = new("--client-cert") { HelpName = "file", Description = "PEM file with a certificate of our own, for brokers that ask for one; implies --tls" };
    private readonly Option<string?> _key = new("--client-key") { HelpName = "file", Description = "PEM file with its key" };
    private readonly Option<bool> _untrusted = new("--allow-untrusted") { Description = "encrypt, but accept any certificate; for a first try" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_broker, _user, _passwordFile, _tls, _ca, _certificate, _key, _untrusted]) command.Add(option);
    }

    /// <summary>How to reach the broker; null to bring one.</summary>
    /// <exception cref="CommandException">The address makes no sense, or options are given that need one.</exception>
    public MqttOptions? Read(ParseResult p)
    {
        bool tls = p.GetValue(_tls) || p.GetValue(_ca) is not null || p.GetValue(_certificate) is not null || p.GetValue(_key) is not null || p.GetValue(_untrusted);
        if (p.GetValue(_broker) is not { } address)
        {
            return tls || p.GetValue(_user) is not null || p.GetValue(_passwordFile) is not null
                ? throw new CommandException("user, password, certificates and TLS belong to a broker of yours; name it with --broker host:port")
                : null;
        }

        (string host, int? port) = Split(address);
        return new MqttOptions
        {
            Host = host,
            Port = port,
            UserName = p.GetValue(_user),
            PasswordFile = p.GetValue(_passwordFile),
            Tls = !tls ? null : new TlsOptions { CaFile = p.GetValue(_ca), ClientCertificateFile = p.GetValue(_certificate), ClientKeyFile = p.GetValue(_key), AllowUntrusted = p.GetValue(_untrusted) },
        };
    }

    /// <summary><c>host</c>, <c>host:port</c>, <c>[::1]:port</c>.</summary>
    private static (string Host, int? Port) Split(string address)
    {
        string rest = address;
        string? host = null;
        if (address.StartsWith('[') && address.IndexOf(']') is var end and > 0) (host, rest) = (address[1..end], address[(end + 1)..]);
        int colon = rest.LastIndexOf(':');
        if (colon < 0) return (host ?? address, null);
        if (!int.TryParse(rest.AsSpan(colon + 1), out int port) || port is < 1 or > 65535 || (host ?? rest[..colon]).Length == 0)
            throw new CommandException($"--broker {address}: write host or host:port with a port from 1 to 65535");
        return (host ?? rest[..colon], port);
    }
}
