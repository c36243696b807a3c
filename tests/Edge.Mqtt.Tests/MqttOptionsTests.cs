namespace Edge.Mqtt.Tests;

public sealed class MqttOptionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_mistake_is_one_line_that_names_it()
    {
        File.WriteAllText(_folder["no.pem"], "nothing");
        MqttOptions good = new() { Host = "broker.example" };
        (MqttOptions Options, string Message)[] mistakes =
        [
            (good with { Host = " " }, "host is empty"),
            (good with { Port = 70000 }, "port 70000 is not in 1…65535"),
            (good with { MaxInFlight = 0 }, "MaxInFlight 0 is not in"),
            (good with { KeepAlive = TimeSpan.Zero }, "KeepAlive 00:00:00 is not in"),
            (good with { ConnectTimeout = TimeSpan.Zero }, "timeouts must be longer than 0"),
            (good with { ReconnectDelay = TimeSpan.FromHours(1) }, "ReconnectDelay 01:00:00 is not between"),
            (good with { SessionExpiry = TimeSpan.FromSeconds(-1) }, "SessionExpiry -00:00:01 is negative"),
            (good with { UserName = "u", PasswordFile = "a", PasswordVariable = "b" }, "from a file or from a variable, not from both"),
            (good with { PasswordFile = "a" }, "a password is given without a user name"),
            (good with { UserName = "u", PasswordFile = _folder["absent"] }, "the password file cannot be read"),
            (good with { UserName = "u", PasswordVariable = "EDGE_TEST_NOT_SET" }, "the environment variable EDGE_TEST_NOT_SET for the password is not set"),
            (good with { Tls = new TlsOptions { CaFile = _folder["absent"] } }, $"the CA file {_folder["absent"]} cannot be read"),
            (good with { Tls = new TlsOptions { CaFile = _folder["no.pem"] } }, "holds no certificate in PEM form"),
            (good with { Tls = new TlsOptions { CaFile = "a", AllowUntrusted = true } }, "contradict each other"),
            (good with { Tls = new TlsOptions { ClientKeyFile = "a" } }, "a client certificate needs its key"),
            (good with { Tls = new TlsOptions { ClientCertificateFile = _folder["no.pem"], ClientKeyFile = _folder["no.pem"] } }, "client certificate or key"),
        ];
        good.Check();
        foreach ((MqttOptions options, string message) in mistakes)
        {
            string told = Assert.Throws<MqttSetupException>(options.Check).Message;
            Assert.Contains(message, told, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', told);
        }
    }

    [Fact]
    public void The_port_follows_from_encryption_unless_given()
    {
        Assert.Equal("h:1883", new MqttOptions { Host = "h" }.Address);
        Assert.Equal("h:8883", new MqttOptions { Host = "h", Tls = new TlsOptions() }.Address);
        Assert.Equal("[::1]:1", new MqttOptions { Host = "::1", Port = 1 }.Address);
    }

    [Fact]
    public void A_password_comes_from_its_file_or_variable_and_is_never_printed()
    {
        File.WriteAllText(_folder["password"], "s3cret\r\n");
        var fromFile = new MqttOptions { Host = "h", UserName = "u", PasswordFile = _folder["password"] };
        Assert.Equal("s3cret", fromFile.ReadPassword());
        Assert.DoesNotContain("s3cret", fromFile.ToString(), StringComparison.Ordinal);
        Environment.SetEnvironmentVariable("EDGE_TEST_MQTT_PASSWORD", "s3cret too");
        Assert.Equal("s3cret too", new MqttOptions { Host = "h", UserName = "u", PasswordVariable = "EDGE_TEST_MQTT_PASSWORD" }.ReadPassword());
    }
}
