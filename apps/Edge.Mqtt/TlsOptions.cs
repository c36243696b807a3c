using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Edge.Mqtt;

/// <summary>Encryption of the connection and who the two ends are. Files are PEM.</summary>
public sealed record TlsOptions
{
    /// <summary>
    /// The authorities that may have signed the broker's certificate, and no others. Null: those that the system trusts.
    /// </summary>
    public string? CaFile { get; init; }

    /// <summary>The device's own certificate, for brokers that ask for one; with <see cref="ClientKeyFile"/>.</summary>
    public string? ClientCertificateFile { get; init; }

    public string? ClientKeyFile { get; init; }

    /// <summary>The name that the broker's certificate must bear, if it is not the host's.</summary>
    public string? ServerName { get; init; }

    /// <summary>
    /// Encrypt, but talk to whoever answers: anyone on the way can then read and change everything. For a first try only;
    /// it is logged as a warning at every connect.
    /// </summary>
    public bool AllowUntrusted { get; init; }

    /// <exception cref="MqttSetupException">A file is missing or not what it should be.</exception>
    internal void Check()
    {
        if ((ClientCertificateFile is null) != (ClientKeyFile is null))
            throw new MqttSetupException("mqtt tls: a client certificate needs its key, and a key its certificate");
        if (CaFile is not null && AllowUntrusted)
            throw new MqttSetupException("mqtt tls: a CA file and allowing untrusted certificates contradict each other");
        LoadAuthorities();
        LoadClientCertificate()?.Dispose();
    }

    /// <summary>Null for those of the system.</summary>
    internal X509Certificate2Collection? LoadAuthorities()
    {
        if (CaFile is null)
            return null;
        var authorities = new X509Certificate2Collection();
        Load("CA file", CaFile, () => authorities.ImportFromPemFile(CaFile));
        return authorities.Count > 0
            ? authorities
            : throw new MqttSetupException($"mqtt tls: the CA file {CaFile} holds no certificate in PEM form ('-----BEGIN CERTIFICATE-----')");
    }

    internal X509Certificate2? LoadClientCertificate()
    {
        if (ClientCertificateFile is null)
            return null;
        X509Certificate2? certificate = null;
        Load("client certificate or key", ClientCertificateFile, () => certificate = X509Certificate2.CreateFromPemFile(ClientCertificateFile, ClientKeyFile));
        return certificate;
    }

    private static void Load(string what, string path, Action load)
    {
        try
        {
            load();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new MqttSetupException($"mqtt tls: the {what} {path} cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }
}
