using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Edge.Mqtt.Tests.Brokers;

/// <summary>A real Mosquitto on the loopback address, with a configuration of the test's making.</summary>
internal sealed class Mosquitto : IAsyncDisposable
{
    private readonly string _configuration;
    private Process _process;

    private Mosquitto(string configuration, int port, Process process)
    {
        _configuration = configuration;
        Port = port;
        _process = process;
    }

    public int Port { get; }

    /// <summary>Skips the test where Mosquitto is not installed.</summary>
    /// <param name="folder">For its files.</param>
    /// <param name="settings">Lines of its configuration beyond listener and persistence.</param>
    public static async Task<Mosquitto> StartAsync(string folder, params string[] settings)
    {
        string executable = Find();
        int port = FreePort();
        Directory.CreateDirectory(folder);
        string configuration = Path.Combine(folder, "mosquitto.conf");
        File.WriteAllLines(configuration,
        [
            $"listener {port} 127.0.0.1",
            "user root", // started by root, it would else give up the right to read the test's folder
            "persistence true",
            $"persistence_location {folder}/",
            "max_queued_messages 0", // its default drops what comes for an absent subscriber behind the first 1000
            "log_dest stderr",
            .. settings,
        ]);
        return new Mosquitto(configuration, port, await StartProcessAsync(executable, configuration));
    }

    /// <summary>A password file with one user, as mosquitto_passwd makes it.</summary>
    public static string PasswordFile(string folder, string user, string password)
    {
        Directory.CreateDirectory(folder);
        byte[] salt = RandomNumberGenerator.GetBytes(12);
        byte[] hash = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, 101, HashAlgorithmName.SHA512, 64);
        string path = Path.Combine(folder, "passwords");
        File.WriteAllText(path, $"{user}:$7$101${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}\n");
        return path;
    }

    /// <summary>Ends it as systemd would (it saves its sessions), and starts it again on the same port.</summary>
    public async Task RestartAsync()
    {
        await TerminateAsync();
        _process = await StartProcessAsync(Find(), _configuration);
    }

    public async ValueTask DisposeAsync() => await TerminateAsync();

    private static string Find()
    {
        string? path = new[] { "/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto" }.FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, "Mosquitto is not installed (apt-get install mosquitto)");
        return path!;
    }

    private static async Task<Process> StartProcessAsync(string executable, string configuration)
    {
        Process process = Process.Start(new ProcessStartInfo(executable, ["-c", configuration]) { RedirectStandardError = true })!;
        var log = new StringBuilder();
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            log.AppendLine(line);
            if (!line.EndsWith(" running", StringComparison.Ordinal))
                continue;
            _ = process.StandardError.ReadToEndAsync(CancellationToken.None); // so that it never waits for a reader of its log
            return process;
        }
        throw new InvalidOperationException($"mosquitto did not start:\n{log}");
    }

    private async Task TerminateAsync()
    {
        using Process kill = Process.Start("kill", [$"{_process.Id}"]);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
