using System.Buffers;
using System.Collections.Concurrent;
using System.Threading.Channels;
using Edge.Cli.Demo;
using MQTTnet;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace Edge.Mqtt.Tests.Brokers;

/// <summary>Everything that was published to a broker, in the order in which it came in, and ways to meddle with its answers.</summary>
internal sealed class BrokerJournal
{
    private readonly ConcurrentQueue<MqttApplicationMessage> _messages = new();
    private readonly Channel<MqttApplicationMessage> _news = Channel.CreateUnbounded<MqttApplicationMessage>();

    public BrokerJournal(EmbeddedBroker broker)
    {
        broker.Server.InterceptingPublishAsync += NoteAsync;
        broker.Server.InterceptingOutboundPacketAsync += AnswerAsync;
        broker.Server.InterceptingInboundPacketAsync += e =>
        {
            if (e.Packet is MqttConnectPacket)
                Interlocked.Increment(ref _connects);
            return Task.CompletedTask;
        };
    }

    private readonly Lock _sync = new();
    private TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _connects;
    private int _unacknowledged;
    private int _mostUnacknowledged;

    public int Connects => _connects;

    /// <summary>QoS 1 messages that came in and were not answered yet.</summary>
    public int Unacknowledged => _unacknowledged;

    public int MostUnacknowledged => _mostUnacknowledged;

    public IReadOnlyList<MqttApplicationMessage> Messages => [.. _messages];

    /// <summary>What the broker answers to a message; null: success.</summary>
    public Func<MqttApplicationMessage, MqttPubAckReasonCode?>? Judge { get; set; }

    /// <summary>Completes before an acknowledgement is sent; false: it is never sent.</summary>
    public Func<MqttPubAckPacket, Task<bool>>? Acknowledging { get; set; }

    public IEnumerable<MqttApplicationMessage> On(string topic) => _messages.Where(m => m.Topic == topic);

    /// <summary>Text of the payloads on a topic.</summary>
    public IReadOnlyList<string> Texts(string topic) => [.. On(topic).Select(m => m.ConvertPayloadToString())];

    /// <summary>Returns the first message, past or to come, that fits. One waiter at a time; it reads what the waiters before it left.</summary>
    public async Task<MqttApplicationMessage> WaitForAsync(Func<MqttApplicationMessage, bool> fits)
    {
        await foreach (MqttApplicationMessage message in _news.Reader.ReadAllAsync(TestContext.Current.CancellationToken))
            if (fits(message))
                return message;
        throw new InvalidOperationException("the journal does not end");
    }

    public Task<MqttApplicationMessage> WaitForAsync(string topic, string text) =>
        WaitForAsync(m => m.Topic == topic && m.ConvertPayloadToString().Contains(text, StringComparison.Ordinal));

    /// <summary>Returns when the condition holds; it is looked at after each message and acknowledgement.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        while (true)
        {
            Task change;
            lock (_sync)
                change = _change.Task;
            if (condition())
                return;
            await change;
        }
    }

    private void Count(int unacknowledged)
    {
        lock (_sync)
        {
            _unacknowledged += unacknowledged;
            _mostUnacknowledged = Math.Max(_mostUnacknowledged, _unacknowledged);
            _change.SetResult();
            _change = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private Task NoteAsync(InterceptingPublishEventArgs publish)
    {
        MqttApplicationMessage message = publish.ApplicationMessage;
        // The payload lives in the connection's buffer only as long as this call.
        var copy = new MqttApplicationMessage
        {
            Topic = message.Topic,
            Payload = new ReadOnlySequence<byte>(message.Payload.ToArray()),
            QualityOfServiceLevel = message.QualityOfServiceLevel,
            Retain = message.Retain,
            ContentType = message.ContentType,
            MessageExpiryInterval = message.MessageExpiryInterval,
            UserProperties = message.UserProperties,
            CorrelationData = message.CorrelationData,
        };
        if (message.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtLeastOnce)
            Count(+1);
        if (Judge?.Invoke(copy) is { } reason)
        {
            publish.ProcessPublish = false;
            publish.Response.ReasonCode = reason;
            return Task.CompletedTask;
        }
        _messages.Enqueue(copy);
        _news.Writer.TryWrite(copy);
        return Task.CompletedTask;
    }

    private async Task AnswerAsync(InterceptingPacketEventArgs outbound)
    {
        if (outbound.Packet is not MqttPubAckPacket acknowledgement)
            return;
        if (Acknowledging is { } acknowledging)
            outbound.ProcessPacket = await acknowledging(acknowledgement);
        Count(-1);
    }
}
