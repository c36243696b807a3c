using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MQTTnet;

namespace Edge.Mqtt.Connection;

/// <summary>
/// Decides about the broker's certificate and remembers why it was refused, because the TLS stack only says that it was.
/// Revocation is not looked up: a device in a closed network cannot ask, and would hang at every connect. Used by one connect at a time.
/// </summary>
/// <param name="authorities">The only ones to trust; null: the system's.</param>
/// <param name="serverName">Expected in the certificate; for the message only, the TLS stack compares.</param>
/// <param name="allowUntrusted">Accept anything.</param>
internal sealed class ServerCertificateCheck(X509Certificate2Collection? authorities, string serverName, bool allowUntrusted)
{
    /// <summary>Why the last certificate was refused; null if it was not.</summary>
    public string? Problem { get; private set; }

    public bool Accept(MqttClientCertificateValidationEventArgs args)
    {
        Problem = allowUntrusted ? null : Judge(args);
        return Problem is null;
    }

    private string? Judge(MqttClientCertificateValidationEventArgs args)
    {
        if (args.SslPolicyErrors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) || args.Certificate is not X509Certificate2 certificate)
            return "the broker showed no certificate";
        if (args.SslPolicyErrors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $"the broker's certificate is for '{Names(certificate)}', not for '{serverName}'; connect by a name in it or set the server name";
        if (authorities is null)
            return args.SslPolicyErrors == SslPolicyErrors.None
                ? null
                : $"the system does not trust the broker's certificate ({Status(args.Chain)}); give the file of the CA that signed it";
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ExtraStore.AddRange(args.Chain.ChainElements.Select(e => e.Certificate).ToArray());
        return chain.Build(certificate)
            ? null
            : $"the broker's certificate ('{certificate.Subject}', issued by '{certificate.Issuer}') is not trusted by the CA file ({Status(chain)})";
    }

    private static string Names(X509Certificate2 certificate)
    {
        X509SubjectAlternativeNameExtension? names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return names is null
            ? certificate.Subject
            : string.Join(' ', names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(a => a.ToString())));
    }

    private static string Status(X509Chain? chain) =>
        string.Join(", ", (chain?.ChainStatus ?? []).Select(s => s.Status.ToString()).Distinct());
}
