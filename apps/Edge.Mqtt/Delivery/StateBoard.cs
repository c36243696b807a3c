using Edge.Mqtt.Connection;
using Microsoft.Extensions.Logging;
using MQTTnet;

namespace Edge.Mqtt.Delivery;

/// <summary>
/// What the device's retained topics should say now. Only the newest value of a topic is sent; a new session begins with all of them. Safe
/// for concurrent use; one session at a time sends.
/// </summary>
/// <param name="interval">Pause between two rounds: how often a topic that changes all the time is sent.</param>
/// <param name="log">Where refusals are reported.</param>
internal sealed class StateBoard(TimeSpan interval, ILogger log)
{
    private readonly Lock _sync = new();
    private readonly OrderedDictionary<string, MqttApplicationMessage> _messages = [];
    private readonly HashSet<string> _changed = [];
    private TaskCompletionSource _something = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Set(MqttApplicationMessage message)
    {
        lock (_sync)
        {
            _messages[message.Topic] = message;
            _changed.Add(message.Topic);
            _something.TrySetResult();
        }
    }

    /// <summary>Sends all of it again, in the order in which the topics were first set.</summary>
    public void Repeat(Func<string, bool>? topics = null)
    {
        lock (_sync)
        {
            _changed.UnionWith(_messages.Keys.Where(topics ?? (_ => true)));
            if (_changed.Count > 0)
                _something.TrySetResult();
        }
    }

    /// <summary>Sends changes until the session is lost or the token is cancelled; both end in an exception.</summary>
    public async Task RunAsync(MqttSession session, CancellationToken cancellationToken)
    {
        while (true)
        {
            await ChangedAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            await FlushAsync(session, cancellationToken).ConfigureAwait(false);
            if (interval > TimeSpan.Zero)
                await Task.Delay(interval, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends what changed and returns when the broker has it.</summary>
    /// <exception cref="SessionLostException">What was not sent counts as changed still.</exception>
    public async Task FlushAsync(MqttSession session, CancellationToken cancellationToken)
    {
        while (TryTake(out MqttApplicationMessage? message))
        {
            MqttClientPublishResult result;
            try
            {
                result = await session.PublishAsync(message, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                lock (_sync)
                    _changed.Add(message.Topic);
                throw;
            }
            if (!result.IsSuccess)
                log.StateRefused(message.Topic, $"{result.ReasonCode} 0x{(int)result.ReasonCode:X2}");
        }
    }

    private Task ChangedAsync()
    {
        lock (_sync)
            return _something.Task;
    }

    private bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out MqttApplicationMessage? message)
    {
        lock (_sync)
        {
            message = _messages.Values.FirstOrDefault(m => _changed.Contains(m.Topic));
            if (message is not null)
                return _changed.Remove(message.Topic);
            _something = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return false;
        }
    }
}
