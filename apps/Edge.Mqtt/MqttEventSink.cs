using System.Diagnostics;
using System.Text;
using Edge.Mqtt.Commands;
using Edge.Mqtt.Connection;
using Edge.Mqtt.Delivery;
using Edge.Mqtt.Storage;
using Edge.Pipeline.Events;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet;

namespace Edge.Mqtt;

/// <summary>
/// The device on the broker: events through a durable outbox, and what it is and how it does as retained state. The
/// broker may be away at any time, at the start too: events are kept and state is remembered until it is there. Safe for concurrent use.
/// </summary>
public sealed class MqttEventSink : IEventSink, IAsyncDisposable
{
    /// <summary>The largest picture of <see cref="PublishImageAsync"/>.</summary>
    public const int MaxImageBytes = 100 << 10;

    private readonly MqttSinkOptions _options;
    private readonly ILogger _log;
    private readonly EventStamp _stamp;
    private readonly Lock _order = new();
    private readonly Outbox _outbox;
    private readonly SetAside _setAside;
    private readonly EventDelivery _delivery;
    private readonly DeviceState _state;
    private readonly CommandDispatcher _commands;
    private readonly MqttConnection _connection;
    private readonly long _opened = Stopwatch.GetTimestamp();
    private volatile MqttSession? _session;
    private bool _keeping;
    private bool _started;
    private bool _disposed;

    private MqttEventSink(MqttSinkOptions options, Outbox outbox, ILogger log)
    {
        _options = options;
        _outbox = outbox;
        _log = log;
        _stamp = new EventStamp(options.Topics.Root, Identifier.New());
        _setAside = new SetAside(Path.Combine(options.Outbox.Directory, "setaside"), log);
        _delivery = new EventDelivery(outbox, _setAside, a => Acknowledged?.Invoke(a), log);
        _state = new DeviceState(options.Topics, Boot, log);
        _commands = new CommandDispatcher(options.Topics, Boot, log);
        _commands.Add("ping", (_, _) => ValueTask.FromResult(new CommandReply(true, $"{options.Device.Software}, {_stamp.LastSequence} events in this boot, {_outbox.Status.Pending} waiting")));
        _commands.Add("republish", (_, _) =>
        {
            _state.Repeat();
            return ValueTask.FromResult(new CommandReply(true, "status, birth, streams, counts and discovery are published again"));
        });
        string clientId = options.Broker.ClientId ?? $"edge-{options.Topics.Site}-{options.Topics.Line}-{options.Topics.Device}";
        _connection = new MqttConnection(options.Broker, clientId, _state.LastWill, ServeAsync, log);
        _connection.StatusChanged += OnStatusChanged;
        Describe(options.Device);
        if (outbox.Status.Pending is > 0 and var pending)
            log.HistoricalFirst(options.Outbox.Directory, pending);
    }

    /// <inheritdoc/>
    public event Action<EventAcknowledgement>? Acknowledged;

    /// <summary>Raised when the connection comes, goes or fails for another reason; handlers must be quick.</summary>
    public event Action<ConnectionStatus>? ConnectionChanged;

    /// <summary>Id of this start, in every message.</summary>
    public string Boot => _stamp.Boot;

    public ConnectionStatus Connection => _connection.Status;

    public OutboxStatus Outbox => _outbox.Status;

    /// <summary>Events since the start that can never be delivered; they lie in <c>setaside</c> in the outbox's folder.</summary>
    public long SetAside => _setAside.Count;

    /// <summary>Opens the outbox; events can be published from now on. <see cref="Start"/> begins to connect.</summary>
    /// <exception cref="MqttSetupException">An option, file or folder cannot work.</exception>
    /// <exception cref="ContractException">A stream's name breaks the rules of <see cref="Identifier"/>.</exception>
    public static MqttEventSink Open(MqttSinkOptions options, ILogger? log = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Broker.Check();
        log ??= NullLogger.Instance;
        var outbox = Storage.Outbox.Open(options.Outbox, log);
        try
        {
            return new MqttEventSink(options, outbox, log);
        }
        catch
        {
            outbox.Dispose();
            throw;
        }
    }

    /// <summary>Begins to connect, and keeps connecting. Called once.</summary>
    public void Start()
    {
        if (_started)
            throw new InvalidOperationException("the sink is started already");
        _started = true;
        _connection.Start();
    }

    /// <inheritdoc/>
    public async ValueTask<EventReceipt> PublishAsync(InspectionEvent inspection, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        await _outbox.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        CloudEvent message;
        Task<long> committed;
        // One lock around number and place in the queue: receivers see the sequence in its order.
        lock (_order)
        {
            message = _stamp.Stamp(inspection);
            var entry = new OutboxMessage(_options.Topics.Of(inspection), inspection.Kind == EventKind.Alarm, message.Sequence, inspection.CaptureTimestamp, CloudEventJson.Write(message));
            committed = _outbox.AppendAsync(entry.Encode());
        }
        await committed.ConfigureAwait(false);
        return new EventReceipt(message.Id, message.Sequence);
    }

    /// <summary>A change of what the device runs: a new birth message and discovery.</summary>
    /// <exception cref="ContractException">A stream's name breaks the rules of <see cref="Identifier"/>.</exception>
    public void Describe(DeviceDescription device) => _state.Describe(device, _options.HomeAssistant);

    /// <summary>State of a stream and when its last frame came.</summary>
    public void SetStreamStatus(string stream, StreamState state, DateTimeOffset? lastFrame = null) => _state.SetStream(stream, state, lastFrame);

    /// <summary>Totals of a stream. They may be set with every part; once a second at most they are sent.</summary>
    public void SetCount(string stream, StreamCount count) => _state.SetCount(stream, count);

    /// <summary>Sends a picture of an event, if there is a connection: pictures are not kept.</summary>
    /// <param name="stream">The event's stream.</param>
    /// <param name="eventId">The event's part or incident; goes along as the user property <c>eventid</c>.</param>
    /// <param name="jpeg">At most <see cref="MaxImageBytes"/>.</param>
    /// <param name="cancellationToken">Ends the wait for earlier messages.</param>
    /// <returns>Whether it was sent; nobody acknowledges it.</returns>
    /// <exception cref="InvalidOperationException">Pictures are not switched on (<see cref="MqttSinkOptions.Images"/>).</exception>
    /// <exception cref="ContractException">Not a JPEG, or too large.</exception>
    public async ValueTask<bool> PublishImageAsync(string stream, string eventId, ReadOnlyMemory<byte> jpeg, CancellationToken cancellationToken = default)
    {
        if (!_options.Images)
            throw new InvalidOperationException($"pictures over MQTT are off; set {nameof(MqttSinkOptions)}.{nameof(MqttSinkOptions.Images)}");
        if (jpeg.Length > MaxImageBytes || !jpeg.Span.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]))
            throw new ContractException($"picture of event {eventId}: {jpeg.Length} bytes; a JPEG of at most {MaxImageBytes} bytes is allowed");
        MqttApplicationMessage message = Messages.Image(_options.Topics.Image(stream), jpeg.ToArray(), Identifier.RequireWellFormed(eventId, "eventid"));
        if (_session is not { } session || session.IsTooLarge(message))
            return false;
        try
        {
            await session.PublishAsync(message, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (SessionLostException)
        {
            return false;
        }
    }

    /// <summary>Carries out what comes to <c>R/cmd/{name}</c>. <c>ping</c> and <c>republish</c> exist already.</summary>
    /// <exception cref="ContractException">Not a well-formed name, or there is such a command.</exception>
    public void AddCommand(string name, CommandHandler handler) => _commands.Add(name, handler);

    /// <summary>Completes when the broker acknowledged every event that was published so far and <see cref="Acknowledged"/> has told of each.</summary>
    public Task WhenDeliveredAsync() => _outbox.WhenEmptyAsync();

    /// <summary>
    /// Says <c>stopping</c>, delivers what waits for at most <paramref name="drain"/>, says <c>offline</c>, disconnects and closes the
    /// outbox. If there is no broker it does not wait; what is left is sent by the next start.
    /// </summary>
    public async Task StopAsync(TimeSpan drain)
    {
        if (_disposed)
            return;
        _disposed = true;
        _state.SetStatus("stopping");
        if (_started)
            await DrainAsync(drain).ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
        _outbox.Dispose();
    }

    /// <summary><see cref="StopAsync"/> with 5 s for what waits.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(false);

    private async Task DrainAsync(TimeSpan atMost)
    {
        var away = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connection.StatusChanged += status =>
        {
            if (status.State == ConnectionState.Waiting)
                away.TrySetResult();
        };
        if (_connection.Status.State != ConnectionState.Waiting)
            await Task.WhenAny(_outbox.WhenEmptyAsync(), away.Task, Task.Delay(atMost)).ConfigureAwait(false);
    }

    private async Task ServeAsync(MqttSession session, CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(session.Closed, stopping);
        foreach (string refused in await session.SubscribeAsync(Subscriptions()).ConfigureAwait(false))
            _log.SubscriptionRefused(refused);
        _state.SetStatus("online");
        _state.Repeat();
        _session = session;
        Task[] work =
        [
            _delivery.RunAsync(session, ending.Token),
            .. _state.Run(session, ending.Token),
            HealthMessages.RunAsync(session, _options, Boot, Health, ending.Token),
            ReceiveAsync(session, ending.Token),
        ];
        Task first = await Task.WhenAny(work).ConfigureAwait(false);
        _session = null;
        await ending.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!stopping.IsCancellationRequested || session.Closed.IsCancellationRequested)
            await first.ConfigureAwait(false);
        await _state.FarewellAsync(session).ConfigureAwait(false);
    }

    private string[] Subscriptions() =>
        _options.HomeAssistant ? [_options.Topics.AllCommands, Topics.HomeAssistantStatus] : [_options.Topics.AllCommands];

    private HealthReport Health() => new(Stopwatch.GetElapsedTime(_opened), _connection.Sessions, _outbox.Status, _setAside.Count, _options.HealthValues?.Invoke());

    private async Task ReceiveAsync(MqttSession session, CancellationToken cancellationToken)
    {
        await foreach (IncomingMessage message in session.Received.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (message.Topic != Topics.HomeAssistantStatus)
                await _commands.HandleAsync(session, message, cancellationToken).ConfigureAwait(false);
            else if (Encoding.UTF8.GetString(message.Payload.Span) == "online")
                _state.Repeat();
        }
    }

    private void OnStatusChanged(ConnectionStatus status)
    {
        if (status.State == ConnectionState.Waiting && !_keeping)
        {
            _keeping = true;
            _log.KeepingEvents(_options.Outbox.Directory);
        }
        else if (status.State == ConnectionState.Connected && _keeping)
        {
            _keeping = false;
            _log.SendingKeptEvents(_outbox.Status.Pending);
        }
        ConnectionChanged?.Invoke(status);
    }
}
