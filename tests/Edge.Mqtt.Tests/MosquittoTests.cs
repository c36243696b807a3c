using Edge.Cli.Demo;
using Edge.Mqtt.Connection;
using Edge.Mqtt.Tests.Brokers;

namespace Edge.Mqtt.Tests;

/// <summary>Against the broker that most sites run.</summary>
public sealed class MosquittoTests : IDisposable
{
    private const string User = "cam-3";
    private const string Password = "bräzen-Öl 9";

    private readonly TemporaryFolder _folder = new();
    private readonly RecordedLog _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task With_user_and_password_every_event_arrives_exactly_once()
    {
        await using Mosquitto broker = await StartAsync();
        MqttOptions options = WithPassword(broker.Port, Password);
        await using DeliveryProbe probe = await ProbeAsync(options);
        await using MqttEventSink sink = Device.Start(_folder["outbox"], options, _log);
        List<string> ids = await sink.PublishAsync(1, 1000);
        await probe.ArrivedAsync(1000);
        await sink.WhenDeliveredAsync().InTimeAsync();
        Assert.True(probe.Compare(ids).IsExactlyOnce);
        Assert.Equal(0, probe.Count.OutOfOrder);
    }

    [Fact]
    public async Task A_wrong_password_is_refused_in_one_clear_line_and_a_corrected_one_is_taken_up()
    {
        await using Mosquitto broker = await StartAsync();
        MqttOptions options = WithPassword(broker.Port, "wrong");
        await using MqttEventSink sink = Device.Start(_folder["outbox"], options, _log);
        await sink.PublishAsync(1, 10);
        Assert.Equal(10, sink.Outbox.Pending);
        await OutageTests.WaitForAsync(sink, ConnectionState.Waiting).InTimeAsync();
        Assert.Equal($"refused by the broker with NotAuthorized 0x87: not authorized; check what the broker allows user '{User}', and the password in {options.PasswordFile}", sink.Connection.Problem);
        var refused = await Assert.ThrowsAsync<MqttSetupException>(() => ProbeAsync(options));
        Assert.Contains("NotAuthorized 0x87", refused.Message, StringComparison.Ordinal);

        File.WriteAllText(options.PasswordFile!, Password);
        await sink.WhenDeliveredAsync().InTimeAsync();
        Assert.Equal(0, sink.Outbox.Pending);
        Assert.DoesNotContain(_log.Lines, l => l.Contains(Password, StringComparison.Ordinal) || l.Contains("wrong", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Restarted_in_mid_stream_it_gets_everything_and_a_lasting_subscriber_misses_nothing()
    {
        await using Mosquitto broker = await StartAsync();
        MqttOptions options = WithPassword(broker.Port, Password);
        await using DeliveryProbe probe = await ProbeAsync(options with { ClientId = "probe", SessionExpiry = TimeSpan.FromHours(1) });
        await using MqttEventSink sink = Device.Start(_folder["outbox"], options, _log);
        Task<List<string>> publishing = Task.Run(() => sink.PublishAsync(1, 3000));
        for (int restart = 1; restart <= 2; restart++)
        {
            await probe.ArrivedAsync(restart * 300);
            await broker.RestartAsync();
        }
        List<string> ids = await publishing.InTimeAsync();
        await sink.WhenDeliveredAsync().InTimeAsync();
        await probe.ArrivedAsync(3000);
        DeliveryReport report = probe.Compare(ids);
        Assert.Empty(report.Missing);
        Assert.Empty(report.Unexpected);
        Assert.True(_log.Lines.Count(l => l.EndsWith("connected as edge-plant-1-line-2-cam-3", StringComparison.Ordinal)) >= 3);
    }

    [Fact]
    public async Task An_event_that_is_too_large_for_the_broker_is_set_aside_and_the_connection_stays()
    {
        await using Mosquitto broker = await StartAsync("max_packet_size 3000");
        MqttOptions options = WithPassword(broker.Port, Password);
        await using DeliveryProbe probe = await ProbeAsync(options);
        await using MqttEventSink sink = Device.Start(_folder["outbox"], options, _log);
        List<string> ids = await sink.PublishAsync(1, 2);
        await sink.CommitAsync(Device.Part(3) with { Features = Enumerable.Range(0, 200).ToDictionary(i => $"feature-{i}", i => i + 0.5) });
        ids.AddRange(await sink.PublishAsync(4, 2));
        await sink.WhenDeliveredAsync().InTimeAsync();
        await probe.ArrivedAsync(4);

        Assert.True(probe.Compare(ids).IsExactlyOnce);
        Assert.Equal(1, sink.SetAside);
        Assert.Contains(_log.Lines, l => l.Contains("larger than the 3000 bytes that the broker takes", StringComparison.Ordinal));
        Assert.DoesNotContain(_log.Lines, l => l.Contains("trying again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Over_TLS_with_the_sites_own_authority_and_a_password_every_event_arrives_exactly_once()
    {
        using var authority = new TestCertificates(_folder.Path, "site");
        await using Mosquitto broker = await StartAsync(Tls(authority, "broker.example", loopback: true));
        MqttOptions options = WithPassword(broker.Port, Password) with { Tls = new TlsOptions { CaFile = authority.CaFile } };
        await using DeliveryProbe probe = await ProbeAsync(options);
        await using MqttEventSink sink = Device.Start(_folder["outbox"], options, _log);
        List<string> ids = await sink.PublishAsync(1, 300);
        await probe.ArrivedAsync(300);
        Assert.True(probe.Compare(ids).IsExactlyOnce);
    }

    [Fact]
    public async Task A_client_certificate_is_shown_where_the_broker_wants_one()
    {
        using var authority = new TestCertificates(_folder.Path, "site");
        (string certificate, string key) = authority.Issue("device", loopback: false);
        await using Mosquitto broker = await StartAsync([.. Tls(authority, "broker.example", loopback: true), "require_certificate true"]);
        MqttOptions without = WithPassword(broker.Port, Password) with { Tls = new TlsOptions { CaFile = authority.CaFile } };
        await Assert.ThrowsAsync<MqttSetupException>(() => ProbeAsync(without));
        MqttOptions with = without with { Tls = without.Tls! with { ClientCertificateFile = certificate, ClientKeyFile = key } };
        await using DeliveryProbe probe = await ProbeAsync(with);
    }

    [Theory]
    [InlineData("authority", "is not trusted by the CA file")]
    [InlineData("name", "the broker's certificate is for 'broker.example', not for '127.0.0.1'")]
    [InlineData("system", "the system does not trust the broker's certificate")]
    [InlineData("plain", "does the port expect TLS?")]
    public async Task A_broker_that_is_not_who_it_should_be_is_refused_with_the_reason(string mistake, string reason)
    {
        using var authority = new TestCertificates(_folder.Path, "site");
        using var stranger = new TestCertificates(_folder.Path, "stranger");
        await using Mosquitto broker = await StartAsync(Tls(authority, "broker.example", loopback: mistake != "name"));
        TlsOptions? tls = mistake switch
        {
            "authority" => new TlsOptions { CaFile = stranger.CaFile },
            "system" => new TlsOptions(),
            "plain" => null,
            _ => new TlsOptions { CaFile = authority.CaFile },
        };
        var refused = await Assert.ThrowsAsync<MqttSetupException>(() => ProbeAsync(WithPassword(broker.Port, Password) with { Tls = tls }));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public async Task Another_name_or_any_certificate_is_accepted_only_if_asked_for()
    {
        using var authority = new TestCertificates(_folder.Path, "site");
        await using Mosquitto broker = await StartAsync(Tls(authority, "localhost", loopback: false));
        MqttOptions options = WithPassword(broker.Port, Password);
        await using DeliveryProbe named = await ProbeAsync(options with { Tls = new TlsOptions { CaFile = authority.CaFile, ServerName = "localhost" } });
        await using DeliveryProbe untrusted = await ProbeAsync(options with { Tls = new TlsOptions { AllowUntrusted = true } });
        Assert.Single(_log.Lines, l => l.Contains("certificate is not checked", StringComparison.Ordinal));
    }

    private Task<Mosquitto> StartAsync(params string[] settings) =>
        Mosquitto.StartAsync(_folder["mosquitto"], ["allow_anonymous false", $"password_file {Mosquitto.PasswordFile(_folder["mosquitto"], User, Password)}", .. settings]);

    private static string[] Tls(TestCertificates authority, string name, bool loopback)
    {
        (string certificate, string key) = authority.Issue(name, loopback);
        return [$"cafile {authority.CaFile}", $"certfile {certificate}", $"keyfile {key}"];
    }

    private MqttOptions WithPassword(int port, string password)
    {
        string file = _folder["password"];
        File.WriteAllText(file, password + "\n");
        return Device.Broker(port) with { UserName = User, PasswordFile = file };
    }

    private Task<DeliveryProbe> ProbeAsync(MqttOptions options) =>
        DeliveryProbe.StartAsync(options, Device.Topics.AllEvents, _log, TestContext.Current.CancellationToken).InTimeAsync();
}
