using System.Buffers;
using System.Text;
using System.Text.Json;
using Edge.Cli.Demo;
using Edge.Mqtt.Commands;
using Edge.Mqtt.Tests.Brokers;
using Edge.Pipeline.Events;
using MQTTnet;
using MQTTnet.Protocol;

namespace Edge.Mqtt.Tests;

/// <summary>Status, birth, streams, counts, health, pictures, discovery and commands.</summary>
public sealed class DeviceStateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Status_goes_from_online_over_stopping_to_offline_each_retained_with_QoS_1()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        var journal = new BrokerJournal(broker);
        await using MqttEventSink sink = Device.Start(_folder.Path, Device.Broker(broker.Port));
        await journal.WaitForAsync(Device.Topics.Status, "online").InTimeAsync();
        await sink.PublishAsync(1, 1);
        await sink.StopAsync(TimeSpan.FromSeconds(60));

        JsonElement[] states = [.. journal.Texts(Device.Topics.Status).Select(t => JsonDocument.Parse(t).RootElement)];
        Assert.Equal("online", states[0].GetProperty("state").GetString());
        Assert.Equal("offline", states[^1].GetProperty("state").GetString());
        // Stopping may be overtaken by offline when there is nothing to deliver.
        Assert.All(states[1..^1], s => Assert.Equal("stopping", s.GetProperty("state").GetString()));
        Assert.All(states, s => Assert.Equal(sink.Boot, s.GetProperty("boot").GetString()));
        Assert.All(journal.On(Device.Topics.Status), m => Assert.True(m is { Retain: true, QualityOfServiceLevel: MqttQualityOfServiceLevel.AtLeastOnce }));
    }

    [Fact]
    public async Task While_events_are_still_delivered_the_status_is_stopping()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        var journal = new BrokerJournal(broker);
        await using MqttEventSink sink = Device.Start(_folder.Path, Device.Broker(broker.Port) with { MaxInFlight = 2 });
        await journal.WaitForAsync(Device.Topics.Status, "online").InTimeAsync();
        // No event is acknowledged before the broker knows that the device is stopping.
        journal.Judge = m => m.Topic == Device.Topics.Event("top") && !journal.Texts(Device.Topics.Status).Any(t => t.Contains("stopping", StringComparison.Ordinal))
            ? MqttPubAckReasonCode.QuotaExceeded
            : null;
        await sink.PublishAsync(1, 3);
        await sink.StopAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(["online", "stopping", "offline"], journal.Texts(Device.Topics.Status).Select(t => JsonDocument.Parse(t).RootElement.GetProperty("state").GetString()));
        Assert.Equal(3, journal.On(Device.Topics.Event("top")).Select(m => CloudEventJson.Parse(m.Payload.FirstSpan).Id).Distinct().Count());
    }

    [Fact]
    public async Task The_birth_message_names_software_streams_and_models()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        var journal = new BrokerJournal(broker);
        await using MqttEventSink sink = Device.Start(_folder.Path, Device.Broker(broker.Port));
        MqttApplicationMessage message = await journal.WaitForAsync(m => m.Topic == Device.Topics.Birth).InTimeAsync();

        Assert.True(message is { Retain: true, QualityOfServiceLevel: MqttQualityOfServiceLevel.AtLeastOnce });
        JsonElement birth = JsonDocument.Parse(message.Payload).RootElement;
        Assert.Equal("1", birth.GetProperty("schema").GetString());
        Assert.Equal(sink.Boot, birth.GetProperty("boot").GetString());
        Assert.Equal("edge 0.1.0", birth.GetProperty("software").GetString());
        JsonElement stream = Assert.Single(birth.GetProperty("streams").EnumerateArray());
        Assert.Equal(("top", "edge.inspection.v1", new string('a', 64)), (stream.GetProperty("name").GetString(), stream.GetProperty("kind").GetString(), stream.GetProperty("model").GetProperty("sha256").GetString()));

        sink.Describe(Device.Description with { Software = "edge 0.2.0" });
        await journal.WaitForAsync(Device.Topics.Birth, "edge 0.2.0").InTimeAsync();
    }

    [Fact]
    public async Task State_set_without_a_broker_is_there_when_it_comes_in_its_last_version()
    {
        int port = await OutageTests.FreePortAsync();
        await using MqttEventSink sink = Device.Start(_folder.Path, Device.Broker(port));
        sink.SetStreamStatus("top", StreamState.Online, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        sink.SetStreamStatus("top", StreamState.Stalled, new DateTimeOffset(2026, 1, 2, 3, 4, 6, TimeSpan.Zero));
        for (int i = 1; i <= 1000; i++)
            sink.SetCount("top", new StreamCount(i, 20, 3, 0));

        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { Port = port });
        var journal = new BrokerJournal(broker);
        await sink.PublishAsync(1, 1);
        await sink.WhenDeliveredAsync().InTimeAsync();
        await journal.UntilAsync(() => journal.On(Device.Topics.StreamStatus("top")).Any()).InTimeAsync();
        await sink.StopAsync(TimeSpan.FromSeconds(60));

        Assert.Equal($$"""{"state":"stalled","boot":"{{sink.Boot}}","lastframe":"2026-01-02T03:04:06+00:00"}""", Assert.Single(journal.Texts(Device.Topics.StreamStatus("top"))));
        MqttApplicationMessage count = Assert.Single(journal.On(Device.Topics.Count("top")));
        Assert.True(count is { Retain: true, QualityOfServiceLevel: MqttQualityOfServiceLevel.AtMostOnce });
        Assert.Equal($$"""{"ok":1000,"ng":20,"unsure":3,"error":0,"boot":"{{sink.Boot}}"}""", count.ConvertPayloadToString());
    }

    [Fact]
    public async Task Health_comes_again_and_again_and_expires()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        var journal = new BrokerJournal(broker);
        MqttSinkOptions options = Device.Options(_folder.Path, Device.Broker(broker.Port)) with
        {
            HealthInterval = TimeSpan.FromSeconds(1),
            HealthValues = () => new Dictionary<string, double> { ["celsius"] = 41.5, ["broken"] = double.NaN },
        };
        await using MqttEventSink sink = Device.Start(options);
        MqttApplicationMessage message = await journal.WaitForAsync(m => m.Topic == Device.Topics.Health).InTimeAsync();
        await journal.WaitForAsync(m => m.Topic == Device.Topics.Health).InTimeAsync();

        Assert.True(message is { Retain: false, QualityOfServiceLevel: MqttQualityOfServiceLevel.AtMostOnce, MessageExpiryInterval: 3 });
        JsonElement health = JsonDocument.Parse(message.Payload).RootElement;
        Assert.Equal(0, health.GetProperty("outbox").GetProperty("pending").GetInt64());
        Assert.Equal(1, health.GetProperty("connects").GetInt64());
        Assert.Equal("""{"celsius":41.5}""", health.GetProperty("values").GetRawText());
        Assert.True(health.GetProperty("memorybytes").GetInt64() > 0);
    }

    [Fact]
    public async Task A_picture_goes_with_the_id_of_its_event_if_pictures_are_on()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        var journal = new BrokerJournal(broker);
        await using MqttEventSink sink = Device.Start(Device.Options(_folder.Path, Device.Broker(broker.Port)) with { Images = true });
        byte[] jpeg = [0xFF, 0xD8, 0xFF, 0xE0, .. new byte[1000]];
        await journal.WaitForAsync(m => m.Topic == Device.Topics.Birth).InTimeAsync();

        Assert.True(await sink.PublishImageAsync("top", "part-1", jpeg, TestContext.Current.CancellationToken));
        MqttApplicationMessage image = await journal.WaitForAsync(m => m.Topic == Device.Topics.Image("top")).InTimeAsync();
        Assert.True(image is { Retain: false, QualityOfServiceLevel: MqttQualityOfServiceLevel.AtMostOnce, ContentType: "image/jpeg" });
        Assert.Equal(jpeg, image.Payload.ToArray());
        Assert.Equal(("eventid", "part-1"), (image.UserProperties[0].Name, Encoding.UTF8.GetString(image.UserProperties[0].ValueBuffer.Span)));

        foreach (byte[] wrong in (byte[][])[new byte[100], [0xFF, 0xD8, .. new byte[MqttEventSink.MaxImageBytes]]])
        {
            var refused = await Assert.ThrowsAsync<ContractException>(async () => await sink.PublishImageAsync("top", "part-1", wrong, TestContext.Current.CancellationToken));
            Assert.Contains("a JPEG of at most 102400 bytes is allowed", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_picture_without_a_broker_is_not_sent_and_with_pictures_off_refused()
    {
        int port = await OutageTests.FreePortAsync();
        byte[] jpeg = [0xFF, 0xD8];
        await using MqttEventSink on = Device.Start(Device.Options(_folder["on"], Device.Broker(port)) with { Images = true });
        Assert.False(await on.PublishImageAsync("top", "part-1", jpeg, TestContext.Current.CancellationToken));
        await using MqttEventSink off = Device.Start(Device.Options(_folder["off"], Device.Broker(port)));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await off.PublishImageAsync("top", "part-1", jpeg, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Home_Assistant_is_told_again_when_it_starts()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        var journal = new BrokerJournal(broker);
        await using MqttEventSink sink = Device.Start(Device.Options(_folder.Path, Device.Broker(broker.Port)) with { HomeAssistant = true });
        MqttApplicationMessage message = await journal.WaitForAsync(m => m.Topic == "homeassistant/device/cam-3/config").InTimeAsync();

        Assert.True(message is { Retain: true, QualityOfServiceLevel: MqttQualityOfServiceLevel.AtLeastOnce });
        JsonElement discovery = JsonDocument.Parse(message.Payload).RootElement;
        JsonElement components = discovery.GetProperty("components");
        Assert.Equal(Device.Topics.Event("top"), components.GetProperty("top_verdict").GetProperty("state_topic").GetString());
        Assert.Equal("{{ value_json.ng }}", components.GetProperty("top_ng").GetProperty("value_template").GetString());
        string?[] ids = [.. components.EnumerateObject().Select(c => c.Value.GetProperty("unique_id").GetString())];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(components.EnumerateObject(), c => Assert.True(c.Value.TryGetProperty("platform", out _)));
        Assert.Equal(Device.Topics.Status, discovery.GetProperty("availability")[0].GetProperty("topic").GetString());
        Assert.False(string.IsNullOrEmpty(discovery.GetProperty("origin").GetProperty("name").GetString()));

        using IMqttClient homeAssistant = await ClientAsync(broker);
        await PublishAsync(homeAssistant, Topics.HomeAssistantStatus, "online");
        await journal.WaitForAsync(m => m.Topic == "homeassistant/device/cam-3/config").InTimeAsync();
    }

    [Fact]
    public async Task A_command_is_answered_to_its_response_topic_with_its_correlation_data()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        var journal = new BrokerJournal(broker);
        await using MqttEventSink sink = Device.Start(_folder.Path, Device.Broker(broker.Port));
        sink.AddCommand("echo", (payload, _) => ValueTask.FromResult(new CommandReply(true, Encoding.UTF8.GetString(payload.Span))));
        sink.AddCommand("fail", (_, _) => throw new InvalidOperationException("no such camera"));
        await journal.WaitForAsync(m => m.Topic == Device.Topics.Birth).InTimeAsync();
        using IMqttClient operatorClient = await ClientAsync(broker);

        await PublishAsync(operatorClient, Device.Topics.Command("echo"), "hello", m => m.WithResponseTopic("operator/7").WithCorrelationData([1, 2, 3]));
        MqttApplicationMessage answer = await journal.WaitForAsync(m => m.Topic == "operator/7").InTimeAsync();
        Assert.Equal([1, 2, 3], answer.CorrelationData);
        Assert.Equal(("hello", true), Reply(answer));

        await PublishAsync(operatorClient, Device.Topics.Command("ping"), "");
        Assert.StartsWith("edge 0.1.0, 0 events", Reply(await journal.WaitForAsync(m => m.Topic == Device.Topics.Acknowledgement("ping")).InTimeAsync()).Text, StringComparison.Ordinal);

        await PublishAsync(operatorClient, Device.Topics.Command("fail"), "");
        Assert.Equal(("failed: no such camera", false), Reply(await journal.WaitForAsync(m => m.Topic == Device.Topics.Acknowledgement("fail")).InTimeAsync()));

        await PublishAsync(operatorClient, Device.Topics.Command("dance"), "");
        Assert.Equal(("unknown command 'dance'; known: echo fail ping republish", false), Reply(await journal.WaitForAsync(m => m.Topic == Device.Topics.Acknowledgement("dance")).InTimeAsync()));

        await PublishAsync(operatorClient, Device.Topics.Command("republish"), "");
        await journal.WaitForAsync(m => m.Topic == Device.Topics.Birth).InTimeAsync();
    }

    [Fact]
    public async Task A_retained_command_is_refused_and_a_response_topic_of_the_device_itself_ignored()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        var journal = new BrokerJournal(broker);
        using IMqttClient operatorClient = await ClientAsync(broker);
        await PublishAsync(operatorClient, Device.Topics.Command("ping"), "now", m => m.WithRetainFlag());
        var log = new RecordedLog();
        await using MqttEventSink sink = Device.Start(_folder.Path, Device.Broker(broker.Port), log);
        (string? text, bool ok) = Reply(await journal.WaitForAsync(m => m.Topic == Device.Topics.Acknowledgement("ping")).InTimeAsync());
        Assert.False(ok);
        Assert.StartsWith("retained commands are refused", text, StringComparison.Ordinal);

        await PublishAsync(operatorClient, Device.Topics.Command("ping"), "", m => m.WithResponseTopic(Device.Topics.Event("top")));
        await PublishAsync(operatorClient, Device.Topics.Command("ping"), "");
        await journal.WaitForAsync(m => m.Topic == Device.Topics.Acknowledgement("ping")).InTimeAsync();
        Assert.Empty(journal.On(Device.Topics.Event("top")));
        Assert.Contains(log.Lines, l => l.Contains("cannot be answered to 'edge/v1/plant-1/line-2/cam-3/top/event'", StringComparison.Ordinal));
    }

    private static (string? Text, bool Ok) Reply(MqttApplicationMessage message)
    {
        JsonElement reply = JsonDocument.Parse(message.Payload).RootElement;
        return (reply.GetProperty("text").GetString(), reply.GetProperty("ok").GetBoolean());
    }

    private static async Task<IMqttClient> ClientAsync(EmbeddedBroker broker)
    {
        IMqttClient client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer(EmbeddedBroker.Host, broker.Port).WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500).Build(),
            TestContext.Current.CancellationToken);
        return client;
    }

    private static Task<MqttClientPublishResult> PublishAsync(IMqttClient client, string topic, string text, Action<MqttApplicationMessageBuilder>? more = null)
    {
        var message = new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(text).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
        more?.Invoke(message);
        return client.PublishAsync(message.Build(), TestContext.Current.CancellationToken);
    }
}
