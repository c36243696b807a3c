using Edge.Cli.Demo;
using Edge.Mqtt.Connection;
using Edge.Mqtt.Tests.Brokers;
using Edge.Pipeline.Events;
using MQTTnet;
using MQTTnet.Protocol;

namespace Edge.Mqtt.Tests;

/// <summary>Brokers, networks and processes that go away.</summary>
public sealed class OutageTests : IDisposable
{
    private static readonly string s_events = Device.Topics.Event("top");

    private readonly TemporaryFolder _folder = new();
    private readonly RecordedLog _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Events_published_before_there_is_a_broker_arrive_when_it_comes()
    {
        int port = await FreePortAsync();
        await using MqttEventSink sink = Device.Start(_folder.Path, Device.Broker(port), _log);
        List<string> ids = await sink.PublishAsync(1, 100);
        await WaitForAsync(sink, ConnectionState.Waiting).InTimeAsync();
        Assert.Contains("nobody listens there", sink.Connection.Problem, StringComparison.Ordinal);

        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { Port = port });
        var journal = new BrokerJournal(broker);
        await sink.WhenDeliveredAsync().InTimeAsync();

        Assert.Equal(ids, Ids(journal));
        Assert.Single(_log.Lines, l => l.Contains("events are kept in", StringComparison.Ordinal));
        Assert.Single(_log.Lines, l => l.Contains("nobody listens there", StringComparison.Ordinal));
        Assert.Single(_log.Lines, l => l.Contains("broker is back", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_broker_killed_in_mid_stream_and_restarted_gets_every_event()
    {
        var journals = new List<BrokerJournal>();
        EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        int port = broker.Port;
        journals.Add(new BrokerJournal(broker));
        await using MqttEventSink sink = Device.Start(_folder.Path, Device.Broker(port), _log);
        Task<List<string>> publishing = Task.Run(() => sink.PublishAsync(1, 1500));
        for (int restart = 0; restart < 3; restart++)
        {
            await journals[^1].WaitForAsync(m => m.Topic == s_events).InTimeAsync();
            await broker.DisposeAsync();
            broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { Port = port });
            journals.Add(new BrokerJournal(broker));
        }
        List<string> ids = await publishing.InTimeAsync();
        await sink.WhenDeliveredAsync().InTimeAsync();

        // What the broker took in may have come more than once, if it died before its acknowledgement got out.
        Assert.Equal(ids.Order(StringComparer.Ordinal), journals.SelectMany(Ids).Distinct().Order(StringComparer.Ordinal));
        await broker.DisposeAsync();
    }

    [Fact]
    public async Task A_network_that_is_cut_again_and_again_loses_nothing_and_the_subscriber_keeps_one_of_each()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        await using var relay = new TcpRelay(broker.Port);
        await using DeliveryProbe probe = await Device.ProbeAsync(broker.Port);
        await using MqttEventSink sink = Device.Start(_folder.Path, Device.Broker(relay.Port), _log);
        Task<List<string>> publishing = Task.Run(() => sink.PublishAsync(1, 2000));
        for (long cut = 1; cut <= 5; cut++)
        {
            await probe.ArrivedAsync(cut * 200);
            relay.Reset();
        }
        List<string> ids = await publishing.InTimeAsync();
        await sink.WhenDeliveredAsync().InTimeAsync();
        await probe.ArrivedAsync(2000);

        DeliveryReport report = probe.Compare(ids);
        Assert.Empty(report.Missing);
        Assert.Empty(report.Unexpected);
        // A later cut may fall between two connections; the first cannot.
        Assert.True(relay.Connections >= 2);
    }

    [Fact]
    public async Task A_message_whose_acknowledgement_was_lost_is_sent_again_with_the_same_id()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        var journal = new BrokerJournal(broker);
        await using var relay = new TcpRelay(broker.Port);
        await using DeliveryProbe probe = await Device.ProbeAsync(broker.Port);
        await using MqttEventSink sink = Device.Start(_folder.Path, Device.Broker(relay.Port), _log);
        await sink.PublishAsync(1, 1);
        await sink.WhenDeliveredAsync().InTimeAsync();

        journal.Acknowledging = _ => Task.FromResult(false);
        await sink.PublishAsync(2, 1);
        await probe.ArrivedAsync(2);
        journal.Acknowledging = null;
        relay.Reset();
        await sink.WhenDeliveredAsync().InTimeAsync();
        await sink.PublishAsync(3, 1);
        await probe.ArrivedAsync(3);

        string[] ids = Ids(journal);
        Assert.Equal(4, ids.Length);
        Assert.Equal(ids[1], ids[2]);
        Assert.Equal(new DeliveryCount(3, 1, 0, 0), probe.Count);
    }

    [Fact]
    public async Task A_broker_that_no_longer_answers_is_found_out_and_connected_anew()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        await using var relay = new TcpRelay(broker.Port);
        MqttOptions options = Device.Broker(relay.Port) with { AcknowledgementTimeout = TimeSpan.FromMilliseconds(300) };
        await using MqttEventSink sink = Device.Start(_folder.Path, options, _log);
        await sink.PublishAsync(1, 1);
        await sink.WhenDeliveredAsync().InTimeAsync();

        relay.Freeze();
        Task lost = WaitForAsync(sink, ConnectionState.Waiting);
        await sink.PublishAsync(2, 1);
        await lost.InTimeAsync();
        relay.Mend();
        await sink.WhenDeliveredAsync().InTimeAsync();
        Assert.Contains(_log.Lines, l => l.Contains("the broker did not acknowledge within 0.3 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_process_could_not_deliver_the_next_one_delivers_first_and_marks_historical()
    {
        int port = await FreePortAsync();
        List<string> old;
        await using (MqttEventSink first = Device.Start(_folder.Path, Device.Broker(port)))
            old = await first.PublishAsync(1, 20);

        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { Port = port });
        await using DeliveryProbe probe = await Device.ProbeAsync(port);
        var arrived = new List<CloudEvent>();
        probe.Arrived += arrived.Add;
        await using MqttEventSink second = Device.Start(_folder.Path, Device.Broker(port), _log);
        List<string> @new = await second.PublishAsync(21, 10);
        await probe.ArrivedAsync(30);

        Assert.Equal([.. old, .. @new], arrived.Select(e => e.Id));
        Assert.Equal([.. Enumerable.Repeat(true, 20), .. Enumerable.Repeat(false, 10)], arrived.Select(e => e.Historical));
        Assert.Equal(2, arrived.Select(e => e.Boot).Distinct().Count());
        Assert.True(probe.Compare([.. old, .. @new]).IsExactlyOnce);
        Assert.Contains(_log.Lines, l => l.Contains("20 events of earlier runs are sent first", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_broker_that_forbids_events_gets_them_all_once_it_allows_them()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        var journal = new BrokerJournal(broker);
        int refused = 0;
        var refusal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        journal.Judge = m =>
        {
            if (m.Topic != s_events)
                return null;
            refused++;
            refusal.TrySetResult();
            return MqttPubAckReasonCode.NotAuthorized;
        };
        await using MqttEventSink sink = Device.Start(_folder.Path, Device.Broker(broker.Port), _log);
        List<string> ids = await sink.PublishAsync(1, 10);
        await refusal.Task.InTimeAsync();
        Assert.Equal(10, sink.Outbox.Pending);
        journal.Judge = null;
        await sink.WhenDeliveredAsync().InTimeAsync();

        // Those that were under way behind a refused one may have been taken before it.
        Assert.Equal(ids.Order(StringComparer.Ordinal), Ids(journal).Distinct().Order(StringComparer.Ordinal));
        Assert.True(refused >= 1);
        Assert.Contains(_log.Lines, l => l.Contains("NotAuthorized 0x87", StringComparison.Ordinal));
        Assert.Contains(_log.Lines, l => l.Contains("takes events again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_payload_that_the_broker_rejects_is_set_aside_and_does_not_block_the_rest()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        var journal = new BrokerJournal(broker) { Judge = m => m.Topic == s_events && CloudEventJson.Parse(m.Payload.FirstSpan).Sequence == 3 ? MqttPubAckReasonCode.PayloadFormatInvalid : null };
        await using MqttEventSink sink = Device.Start(_folder.Path, Device.Broker(broker.Port), _log);
        List<string> ids = await sink.PublishAsync(1, 5);
        await sink.WhenDeliveredAsync().InTimeAsync();

        Assert.Equal(ids.Where((_, i) => i != 2), Ids(journal));
        Assert.Equal(1, sink.SetAside);
        string kept = Assert.Single(Directory.GetFiles(_folder["setaside"]));
        Assert.Contains(ids[2], File.ReadAllText(kept), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_ends_without_goodbye_leaves_the_last_will()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        var journal = new BrokerJournal(broker);
        await using var relay = new TcpRelay(broker.Port);
        await using MqttEventSink sink = Device.Start(_folder.Path, Device.Broker(relay.Port));
        await journal.WaitForAsync(Device.Topics.Status, "online").InTimeAsync();

        relay.Cut();
        await journal.WaitForAsync(Device.Topics.Status, "offline").InTimeAsync();
        Assert.Equal($$"""{"state":"offline","boot":"{{sink.Boot}}"}""", (await broker.Server.GetRetainedMessageAsync(Device.Topics.Status)).ConvertPayloadToString());
        relay.Mend();
        await journal.WaitForAsync(Device.Topics.Status, "online").InTimeAsync();
    }

    private static string[] Ids(BrokerJournal journal) => [.. journal.On(s_events).Select(m => CloudEventJson.Parse(m.Payload.FirstSpan).Id)];

    /// <summary>A port that nobody uses now.</summary>
    internal static async Task<int> FreePortAsync()
    {
        await using EmbeddedBroker broker = await EmbeddedBroker.StartAsync();
        return broker.Port;
    }

    internal static Task WaitForAsync(MqttEventSink sink, ConnectionState state)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        sink.ConnectionChanged += status =>
        {
            if (status.State == state)
                reached.TrySetResult();
        };
        if (sink.Connection.State == state)
            reached.TrySetResult();
        return reached.Task;
    }
}
