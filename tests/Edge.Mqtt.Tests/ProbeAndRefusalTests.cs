using Edge.Cli.Demo;
using Edge.Mqtt.Connection;
using Edge.Mqtt.Tests.Brokers;
using MQTTnet.Protocol;

namespace Edge.Mqtt.Tests;

/// <summary>What the probe counts, and how refusals of the broker read.</summary>
public sealed class ProbeAndRefusalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_probe_tells_missing_unexpected_repeated_and_malformed_messages_apart()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        var journal = new BrokerJournal(broker);
        await using DeliveryProbe probe = await Device.ProbeAsync(broker.Port);
        await using MqttEventSink sink = Device.Start(_folder.Path, Device.Broker(broker.Port));
        List<string> ids = await sink.PublishAsync(1, 3);
        await probe.ArrivedAsync(3);

        foreach (var again in journal.On(Device.Topics.Event("top")).Take(2).ToArray())
            await broker.Server.InjectApplicationMessage(new MQTTnet.Server.InjectedMqttApplicationMessage(again), TestContext.Current.CancellationToken);
        await broker.Server.InjectApplicationMessage(
            new MQTTnet.Server.InjectedMqttApplicationMessage(new MQTTnet.MqttApplicationMessageBuilder().WithTopic(Device.Topics.Event("top")).WithPayload("{}").Build()),
            TestContext.Current.CancellationToken);
        await sink.PublishAsync(4, 1);
        await probe.ArrivedAsync(4);

        Assert.Equal(new DeliveryCount(4, 2, 0, 1), probe.Count);
        DeliveryReport report = probe.Compare([.. ids, "never-sent"]);
        Assert.False(report.IsExactlyOnce);
        Assert.Equal(["never-sent"], report.Missing);
        Assert.Single(report.Unexpected);
        Assert.Equal((2, 1), (report.Duplicates, report.Malformed));
    }

    [Fact]
    public async Task Wrong_credentials_are_told_with_what_to_check()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { UserName = "cam-3", Password = "right" });
        File.WriteAllText(_folder["password"], "wrong");
        MqttOptions options = Device.Broker(broker.Port) with { UserName = "cam-3", PasswordFile = _folder["password"] };
        await using MqttEventSink sink = Device.Start(_folder["outbox"], options);
        await OutageTests.WaitForAsync(sink, ConnectionState.Waiting).InTimeAsync();
        Assert.Equal($"refused by the broker with BadUserNameOrPassword 0x86: bad user name or password; check user 'cam-3' and the password in {_folder["password"]}", sink.Connection.Problem);

        File.WriteAllText(_folder["password"], "right");
        await OutageTests.WaitForAsync(sink, ConnectionState.Connected).InTimeAsync();
    }

    [Theory]
    [InlineData(MqttConnectReasonCode.ServerBusy, "ServerBusy 0x89: the broker is not available now")]
    [InlineData(MqttConnectReasonCode.Banned, "Banned 0x8A: the broker banned this client")]
    [InlineData(MqttConnectReasonCode.ClientIdentifierNotValid, "ClientIdentifierNotValid 0x85: the broker does not accept the client id")]
    [InlineData(MqttConnectReasonCode.QuotaExceeded, "QuotaExceeded 0x97: the broker has too many connections")]
    public async Task A_refusal_of_the_connection_is_one_line_with_its_code(MqttConnectReasonCode code, string line)
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        broker.Server.ValidatingConnectionAsync += connection =>
        {
            connection.ReasonCode = code;
            return Task.CompletedTask;
        };
        var refused = await Assert.ThrowsAsync<MqttSetupException>(() => Device.ProbeAsync(broker.Port));
        Assert.Contains(line, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_does_not_exist_and_a_port_that_is_silent_are_told_apart()
    {
        MqttOptions unknown = Device.Broker(1883) with { Host = "no-such-host.invalid" };
        Assert.Contains("cannot be resolved", (await ProbeFailsAsync(unknown)).Message, StringComparison.Ordinal);

        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        MqttOptions mute = Device.Broker(((System.Net.IPEndPoint)silent.LocalEndpoint).Port) with { ConnectTimeout = TimeSpan.FromMilliseconds(200) };
        Assert.Contains("no answer within 0.2 s", (await ProbeFailsAsync(mute)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_clients_with_one_id_are_told_of_each_other()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        var log = new RecordedLog();
        MqttOptions slow = Device.Broker(broker.Port) with { ReconnectDelay = TimeSpan.FromMinutes(1), MaxReconnectDelay = TimeSpan.FromMinutes(1) };
        await using MqttEventSink first = Device.Start(_folder["first"], slow, log);
        await OutageTests.WaitForAsync(first, ConnectionState.Connected).InTimeAsync();
        await using MqttEventSink second = Device.Start(_folder["second"], slow);
        await OutageTests.WaitForAsync(first, ConnectionState.Waiting).InTimeAsync();
        Assert.Equal("another client connected with the id 'edge-plant-1-line-2-cam-3'; give each device its own name", first.Connection.Problem);
    }

    private static Task<MqttSetupException> ProbeFailsAsync(MqttOptions options) =>
        Assert.ThrowsAsync<MqttSetupException>(() => DeliveryProbe.StartAsync(options, Device.Topics.AllEvents, cancellationToken: TestContext.Current.CancellationToken).InTimeAsync());
}
