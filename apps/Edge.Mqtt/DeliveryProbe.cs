using Edge.Mqtt.Connection;
using Edge.Pipeline.Events;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Mqtt;

/// <summary>What a <see cref="DeliveryProbe"/> has seen.</summary>
/// <param name="Unique">Messages by source and id.</param>
/// <param name="Duplicates">Messages that came again.</param>
/// <param name="OutOfOrder">First arrivals whose sequence number is below one seen before from the same boot.</param>
/// <param name="Malformed">Messages that are no events.</param>
public readonly record struct DeliveryCount(long Unique, long Duplicates, long OutOfOrder, long Malformed);

/// <summary>How what arrived compares with what was published. All empty or zero: exactly once.</summary>
/// <param name="Missing">Published ids that did not arrive.</param>
/// <param name="Unexpected">Ids that arrived without being published.</param>
/// <param name="Duplicates">Messages that came again.</param>
/// <param name="Malformed">Messages that are no events.</param>
public sealed record DeliveryReport(IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected, long Duplicates, long Malformed)
{
    public bool IsExactlyOnce => this is { Missing.Count: 0, Unexpected.Count: 0, Duplicates: 0, Malformed: 0 };
}

/// <summary>
/// A second client that subscribes to events and counts what arrives: the proof of delivery for a demo or test, and an
/// example of how to receive (drop what has a known source and id). Remembers every id. Safe for concurrent use.
/// </summary>
public sealed class DeliveryProbe : IAsyncDisposable
{
    private readonly string _filter;
    private readonly ILogger _log;
    private readonly MqttConnection _connection;
    private readonly TaskCompletionSource _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _sync = new();
    private readonly Dictionary<(string Source, string Id), long> _arrivals = [];
    private readonly Dictionary<(string Source, string Boot), long> _newest = [];
    private readonly List<(long Unique, TaskCompletionSource Reached)> _waiting = [];
    private DeliveryCount _count;

    private DeliveryProbe(MqttOptions options, string filter, ILogger log)
    {
        _filter = filter;
        _log = log;
        _connection = new MqttConnection(options, options.ClientId ?? $"edge-probe-{Identifier.New()[^12..]}", will: null, ServeAsync, log);
        _connection.StatusChanged += status =>
        {
            if (status.State == ConnectionState.Waiting)
                _subscribed.TrySetException(new MqttSetupException($"mqtt {options.Address}: {status.Problem}"));
        };
    }

    /// <summary>Raised for each first arrival, in order, from one task. A handler must be quick and must not throw.</summary>
    public event Action<CloudEvent>? Arrived;

    public DeliveryCount Count
    {
        get
        {
            lock (_sync)
                return _count;
        }
    }

    /// <summary>Connects and returns when the broker accepted the subscription. Later losses of the connection are mended in silence.</summary>
    /// <param name="options">How to reach the broker.</param>
    /// <param name="filter">Topics: <see cref="Topics.AllEvents"/>, or <c>edge/v1/#</c> for a whole plant; what is no event counts as malformed.</param>
    /// <param name="log">Where changes of the connection go.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="MqttSetupException">There is no broker, it refuses, or an option cannot work.</exception>
    public static async Task<DeliveryProbe> StartAsync(MqttOptions options, string filter, ILogger? log = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        var probe = new DeliveryProbe(options, filter, log ?? NullLogger.Instance);
        try
        {
            probe._connection.Start();
            await probe._subscribed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return probe;
        }
        catch
        {
            await probe.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Completes when so many different events have arrived.</summary>
    public Task WaitForAsync(long unique, CancellationToken cancellationToken = default)
    {
        lock (_sync)
        {
            if (_count.Unique >= unique)
                return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((unique, reached));
            return reached.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Compares with the ids of <see cref="EventReceipt"/>s.</summary>
    public DeliveryReport Compare(IEnumerable<string> publishedIds)
    {
        HashSet<string> published = [.. publishedIds];
        lock (_sync)
        {
            HashSet<string> arrived = [.. _arrivals.Keys.Select(k => k.Id)];
            return new DeliveryReport([.. published.Except(arrived)], [.. arrived.Except(published)], _count.Duplicates, _count.Malformed);
        }
    }

    public async ValueTask DisposeAsync() => await _connection.DisposeAsync().ConfigureAwait(false);

    private async Task ServeAsync(MqttSession session, CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(session.Closed, stopping);
        if (await session.SubscribeAsync(_filter).ConfigureAwait(false) is [var refused, ..])
            _subscribed.TrySetException(new MqttSetupException($"mqtt: the broker refused the subscription {refused}"));
        _subscribed.TrySetResult();
        try
        {
            await foreach (IncomingMessage message in session.Received.ReadAllAsync(ending.Token).ConfigureAwait(false))
                Take(message);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopped: the connection says goodbye.
        }
    }

    private void Take(IncomingMessage message)
    {
        CloudEvent arrived;
        try
        {
            arrived = CloudEventJson.Parse(message.Payload.Span);
        }
        catch (ContractException e)
        {
            _log.NotAnEvent(message.Topic, e.Message);
            lock (_sync)
                _count = _count with { Malformed = _count.Malformed + 1 };
            return;
        }
        if (Note(arrived))
            Arrived?.Invoke(arrived);
    }

    /// <returns>Whether it is a first arrival.</returns>
    private bool Note(CloudEvent arrived)
    {
        lock (_sync)
        {
            if (!_arrivals.TryAdd((arrived.Source, arrived.Id), arrived.Sequence))
            {
                _count = _count with { Duplicates = _count.Duplicates + 1 };
                return false;
            }
            (string, string) boot = (arrived.Source, arrived.Boot);
            bool late = _newest.TryGetValue(boot, out long newest) && arrived.Sequence < newest;
            _newest[boot] = Math.Max(newest, arrived.Sequence);
            _count = _count with { Unique = _count.Unique + 1, OutOfOrder = _count.OutOfOrder + (late ? 1 : 0) };
            foreach ((long unique, TaskCompletionSource reached) in _waiting)
                if (_count.Unique >= unique)
                    reached.TrySetResult();
            _waiting.RemoveAll(w => w.Reached.Task.IsCompleted);
            return true;
        }
    }
}
