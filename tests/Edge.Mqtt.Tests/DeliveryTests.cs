using Edge.Cli.Demo;
using Edge.Mqtt.Tests.Brokers;
using Edge.Pipeline.Events;
using MQTTnet;
using MQTTnet.Protocol;

namespace Edge.Mqtt.Tests;

/// <summary>From <see cref="MqttEventSink.PublishAsync"/> to a second client, through a broker in this process.</summary>
public sealed class DeliveryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Undisturbed_every_event_arrives_exactly_once_and_in_order()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        await using DeliveryProbe probe = await Device.ProbeAsync(broker.Port);
        var sequences = new List<long>();
        probe.Arrived += e => sequences.Add(e.Sequence);
        await using MqttEventSink sink = Device.Start(_folder.Path, Device.Broker(broker.Port));

        List<string> ids = await sink.PublishAsync(1, 1000);
        await probe.ArrivedAsync(1000);
        await sink.WhenDeliveredAsync().InTimeAsync();

        Assert.True(probe.Compare(ids).IsExactlyOnce);
        Assert.Equal(new DeliveryCount(1000, 0, 0, 0), probe.Count);
        Assert.Equal(Enumerable.Range(1, 1000).Select(i => (long)i), sequences);
        Assert.Equal(0, sink.Outbox.Pending);
    }

    [Fact]
    public async Task Many_publishers_at_once_lose_and_repeat_nothing_and_the_sequence_arrives_in_order()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        await using DeliveryProbe probe = await Device.ProbeAsync(broker.Port);
        await using MqttEventSink sink = Device.Start(_folder.Path, Device.Broker(broker.Port));

        List<string>[] ids = await Task.WhenAll(Enumerable.Range(0, 5).Select(p => Task.Run(() => sink.PublishAsync(1000 * p, 200))));
        await probe.ArrivedAsync(1000);

        Assert.True(probe.Compare(ids.SelectMany(i => i)).IsExactlyOnce);
        Assert.Equal(0, probe.Count.OutOfOrder);
    }

    [Fact]
    public async Task An_event_is_published_as_the_contract_says()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        var journal = new BrokerJournal(broker);
        await using MqttEventSink sink = Device.Start(_folder.Path, Device.Broker(broker.Port));

        EventReceipt receipt = await sink.CommitAsync(Device.Part(7, Verdict.Ng));
        MqttApplicationMessage message = await journal.WaitForAsync(m => m.Topic == "edge/v1/plant-1/line-2/cam-3/top/event").InTimeAsync();

        Assert.Equal(MqttQualityOfServiceLevel.AtLeastOnce, message.QualityOfServiceLevel);
        Assert.False(message.Retain);
        Assert.Equal("application/cloudevents+json", message.ContentType);
        Assert.Equal(7 * 24 * 3600u, message.MessageExpiryInterval);
        CloudEvent received = CloudEventJson.Parse(message.Payload.FirstSpan);
        Assert.Equal(receipt, new EventReceipt(received.Id, received.Sequence));
        Assert.Equal("edge/v1/plant-1/line-2/cam-3", received.Source);
        Assert.Equal(sink.Boot, received.Boot);
        Assert.False(received.Historical);
        Assert.Equal(Device.Part(7).Time, received.Time);
        Assert.Equal(Verdict.Ng, received.Data.Verdict);
    }

    [Fact]
    public async Task An_alarm_is_retained_under_its_own_id()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        await using MqttEventSink sink = Device.Start(_folder.Path, Device.Broker(broker.Port));

        await sink.CommitAsync(Device.Part(1) with { Kind = EventKind.Alarm, EventId = "bearing-3", Phase = EventPhase.Update });
        await sink.WhenDeliveredAsync().InTimeAsync();

        MqttApplicationMessage alarm = await broker.Server.GetRetainedMessageAsync(Device.Topics.Alarm("bearing-3"));
        CloudEvent received = CloudEventJson.Parse(alarm.Payload.FirstSpan);
        Assert.Equal(EventKind.Alarm, received.Data.Kind);
        Assert.Equal(EventPhase.Update, received.Data.Phase);
    }

    [Fact]
    public async Task Each_acknowledgement_is_told_once_with_the_moment_of_capture()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        var told = new List<EventAcknowledgement>();
        await using MqttEventSink sink = MqttEventSink.Open(Device.Options(_folder.Path, Device.Broker(broker.Port)));
        sink.Acknowledged += told.Add;
        sink.Start();

        long captured = System.Diagnostics.Stopwatch.GetTimestamp();
        for (int i = 1; i <= 20; i++)
            await sink.CommitAsync(Device.Part(i) with { CaptureTimestamp = i == 20 ? 0 : captured });
        await sink.WhenDeliveredAsync().InTimeAsync();

        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), told.Select(a => a.Sequence));
        Assert.All(told[..19], a => Assert.True(a.Latency > TimeSpan.Zero));
        Assert.Null(told[19].Latency);
    }

    [Fact]
    public async Task An_event_that_breaks_the_contract_is_refused_and_uses_up_no_sequence_number()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        await using MqttEventSink sink = Device.Start(_folder.Path, Device.Broker(broker.Port));

        await Assert.ThrowsAsync<ContractException>(async () => await sink.CommitAsync(Device.Part(1) with { Stream = "Top Camera" }));
        await Assert.ThrowsAsync<ContractException>(async () => await sink.CommitAsync(Device.Part(1) with { Score = float.NaN }));
        Assert.Equal(1, (await sink.CommitAsync(Device.Part(1))).Sequence);
    }

    [Fact]
    public async Task No_more_messages_are_under_way_than_the_window_allows()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        var journal = new BrokerJournal(broker);
        string events = Device.Topics.Event("top");
        // The broker answers only when four messages wait, or when there is nothing more to come.
        journal.Acknowledging = async _ =>
        {
            await journal.UntilAsync(() => journal.Unacknowledged >= 4 || journal.On(events).Count() == 50);
            return true;
        };
        await using MqttEventSink sink = MqttEventSink.Open(Device.Options(_folder.Path, Device.Broker(broker.Port) with { MaxInFlight = 4 }));
        await sink.PublishAsync(1, 50);

        sink.Start();
        await sink.WhenDeliveredAsync().InTimeAsync();
        Assert.Equal(4, journal.MostUnacknowledged);
        Assert.Equal(50, journal.On(events).Count());
    }
}
