using System.Diagnostics;
using Edge.Mqtt.Connection;
using Edge.Mqtt.Storage;
using Edge.Pipeline.Events;
using Microsoft.Extensions.Logging;
using MQTTnet;

namespace Edge.Mqtt.Delivery;

/// <summary>
/// Empties the outbox over a session: in order, with a window of messages under way, and acknowledging to the outbox what the
/// broker acknowledged. After a lost session the next one begins with the first message that is not acknowledged.
/// </summary>
/// <param name="outbox">What to send.</param>
/// <param name="setAside">Where messages go that can never be delivered.</param>
/// <param name="acknowledged">Told of each acknowledged event of this run.</param>
/// <param name="log">Where refusals are reported, once until they change.</param>
internal sealed class EventDelivery(Outbox outbox, SetAside setAside, Action<EventAcknowledgement> acknowledged, ILogger log)
{
    private string? _lastRefusal;
    private long _nextToTell;

    /// <summary>Runs until the session is lost or the token is cancelled; both end in an exception.</summary>
    /// <exception cref="SessionLostException">The session ended.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="IOException">The outbox cannot be read or written.</exception>
    public async Task RunAsync(MqttSession session, CancellationToken cancellationToken)
    {
        using OutboxReader reader = outbox.CreateReader();
        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), Random.Shared);
        var stream = new Sending(this, session, reader);
        while (true)
        {
            // After a refusal, one message alone finds out whether the broker takes them again: those behind it
            // would be sent once more with every try.
            string? refusal = _lastRefusal is null
                ? await stream.RunAsync(session.Window, long.MaxValue, cancellationToken).ConfigureAwait(false)
                : await stream.RunAsync(window: 1, limit: 1, cancellationToken).ConfigureAwait(false);
            if (refusal is null)
            {
                _lastRefusal = null;
                backoff.Reset();
                log.EventsTakenAgain();
                continue;
            }
            _lastRefusal = refusal;
            await Task.Delay(backoff.Next(), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A message under way.</summary>
    private readonly record struct InFlight(OutboxRecord Record, OutboxMessage Message, Task<MqttClientPublishResult>? Publishing);

    /// <summary>The window over one session.</summary>
    private sealed class Sending(EventDelivery delivery, MqttSession session, OutboxReader reader)
    {
        private readonly Queue<InFlight> _inFlight = new();

        /// <returns>Null when <paramref name="limit"/> messages are acknowledged, else why the broker refused one.</returns>
        public async Task<string?> RunAsync(int window, long limit, CancellationToken cancellationToken)
        {
            reader.Rewind();
            long sent = 0, done = 0;
            while (done < limit)
            {
                while (sent < limit && _inFlight.Count < window && reader.TryRead(out OutboxRecord record))
                {
                    _inFlight.Enqueue(await SendAsync(record, cancellationToken).ConfigureAwait(false));
                    sent++;
                }
                if (!HeadIsDone())
                    await WaitAsync(window, sent < limit, cancellationToken).ConfigureAwait(false);
                while (HeadIsDone())
                {
                    if (await SettleHeadAsync().ConfigureAwait(false) is { } refusal)
                    {
                        await AbandonAsync().ConfigureAwait(false);
                        return refusal;
                    }
                    done++;
                }
            }
            return null;
        }

        private bool HeadIsDone() => _inFlight.TryPeek(out InFlight head) && head.Publishing?.IsCompleted != false;

        /// <summary>Returns when the head is acknowledged or, if there is room, another record was committed.</summary>
        private async Task WaitAsync(int window, bool wantsMore, CancellationToken cancellationToken)
        {
            Task? committed = wantsMore && _inFlight.Count < window ? reader.WaitAsync(cancellationToken) : null;
            Task? head = _inFlight.TryPeek(out InFlight first) ? first.Publishing : null;
            if (head is not null && committed is not null)
                await Task.WhenAny(head, committed).ConfigureAwait(false);
            else if (committed is not null)
                await committed.ConfigureAwait(false);
            else if (head is not null)
                await head.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }

        private async ValueTask<InFlight> SendAsync(OutboxRecord record, CancellationToken cancellationToken)
        {
            if (!OutboxMessage.TryDecode(record.Body, out OutboxMessage message))
                return KeepAside("unknown topic", "not written by this version of the software");
            MqttApplicationMessage mqtt;
            try
            {
                mqtt = message.ToMqtt(historical: record.Ordinal < delivery.FirstOfThisRun);
            }
            catch (ContractException e)
            {
                return KeepAside(message.Topic, e.Message);
            }
            if (session.IsTooLarge(mqtt))
                return KeepAside(message.Topic, $"larger than the {session.MaxPacketBytes} bytes that the broker takes");
            await session.EnterWindowAsync(cancellationToken).ConfigureAwait(false);
            return new InFlight(record, message, session.PublishInWindowAsync(mqtt));

            InFlight KeepAside(string topic, string reason)
            {
                delivery.KeepAside(record, topic, reason);
                return new InFlight(record, message, null);
            }
        }

        private async Task<string?> SettleHeadAsync()
        {
            InFlight head = _inFlight.Dequeue();
            if (head.Publishing is not null)
            {
                MqttClientPublishResult result = await head.Publishing.ConfigureAwait(false);
                if (result.ReasonCode == MqttClientPublishReasonCode.PayloadFormatInvalid)
                    delivery.KeepAside(head.Record, head.Message.Topic, $"refused by the broker: {result.ReasonCode} {result.ReasonString}");
                else if (!result.IsSuccess)
                    return delivery.Refused(head.Message.Topic, result);
            }
            delivery.Acknowledge(head);
            return null;
        }

        /// <summary>Lets what is behind a refused message come to its end; it will be sent again behind it.</summary>
        private async Task AbandonAsync()
        {
            foreach (InFlight message in _inFlight)
                if (message.Publishing is not null)
                    await message.Publishing.ConfigureAwait(false);
            _inFlight.Clear();
        }
    }

    private long FirstOfThisRun => outbox.FirstOrdinalOfThisRun;

    private void KeepAside(OutboxRecord record, string topic, string reason) => setAside.Keep(record, topic, reason);

    private void Acknowledge(InFlight head)
    {
        // Told before the outbox may be found empty, and once, even if the outbox cannot note it and the event is sent again.
        if (head.Publishing is not null && head.Record.Ordinal >= Math.Max(FirstOfThisRun, _nextToTell))
        {
            _nextToTell = head.Record.Ordinal + 1;
            acknowledged(new EventAcknowledgement(head.Message.Sequence, head.Message.CaptureTimestamp, Stopwatch.GetTimestamp()));
        }
        outbox.Acknowledge(head.Record.Ordinal);
    }

    private string Refused(string topic, MqttClientPublishResult result)
    {
        string reason = $"{result.ReasonCode} 0x{(int)result.ReasonCode:X2}{(string.IsNullOrEmpty(result.ReasonString) ? "" : " " + result.ReasonString)}";
        if (_lastRefusal != reason)
            log.EventRefused(topic, reason);
        return reason;
    }
}
