using System.Buffers;
using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;

namespace Edge.Mqtt.Connection;

/// <summary>
/// One connection to the broker, from its CONNACK to its end. Publishing may be done from any thread. It does what
/// MQTTnet leaves to its users: it keeps to the broker's receive maximum, bounds the wait for acknowledgements, and takes received messages
/// off the client's own loop, where publishing would block the acknowledgement it waits for.
/// </summary>
internal sealed class MqttSession : IDisposable
{
    /// <summary>A PUBLISH packet is its topic, properties and payload and less than this.</summary>
    private const int PacketOverhead = 128;

    /// <summary>How long a failed call waits for the client to tell why the connection ended.</summary>
    private static readonly TimeSpan ReasonTime = TimeSpan.FromSeconds(1);

    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly MqttOptions _options;
    private readonly string _clientId;
    private readonly CancellationTokenSource _closed = new(); // never disposed: it has no timer, and late events may still look at it
    private readonly Channel<IncomingMessage> _received = Channel.CreateBounded<IncomingMessage>(ClientOptions.ReceiveMaximum);
    private SemaphoreSlim _window = new(0);
    private string? _reason;

    private MqttSession(MqttOptions options, string clientId)
    {
        _options = options;
        _clientId = clientId;
        Closed = _closed.Token;
        _client.ApplicationMessageReceivedAsync += OnReceived;
        _client.DisconnectedAsync += OnDisconnected;
    }

    /// <summary>QoS 1 messages that may be unacknowledged at a time.</summary>
    public int Window { get; private set; }

    /// <summary>The broker takes no larger packets.</summary>
    public long MaxPacketBytes { get; private set; }

    /// <summary>Cancelled when the connection ended.</summary>
    public CancellationToken Closed { get; }

    /// <summary>Why it ended.</summary>
    public string Reason => Volatile.Read(ref _reason) ?? "the connection ended";

    /// <summary>What arrives on subscribed topics, in order. It does not end with the session: read with <see cref="Closed"/>.</summary>
    public ChannelReader<IncomingMessage> Received => _received.Reader;

    /// <exception cref="ConnectFailedException">There is no connection; the message is one line that says why and what to check.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async Task<MqttSession> ConnectAsync(MqttOptions options, string clientId, LastWill? will, CancellationToken cancellationToken)
    {
        var session = new MqttSession(options, clientId);
        try
        {
            await session.ConnectAsync(will, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The broker would close the connection on it, again and again.</summary>
    public bool IsTooLarge(MqttApplicationMessage message) =>
        message.Payload.Length + 3 * message.Topic.Length + PacketOverhead > MaxPacketBytes;

    /// <summary>Waits for room in the window; <see cref="PublishInWindowAsync"/> must follow.</summary>
    public async ValueTask EnterWindowAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(Closed, cancellationToken);
            await _window.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SessionLostException(Reason, e);
        }
    }

    /// <summary>
    /// Sends and waits for the acknowledgement. Messages go out in the order of the calls; a call returns its task when the packet
    /// has its place in that order. There is no cancelling: half a packet would spoil the connection.
    /// </summary>
    /// <exception cref="SessionLostException">The connection ended, or is ended here because no acknowledgement came in time.</exception>
    public async Task<MqttClientPublishResult> PublishInWindowAsync(MqttApplicationMessage message)
    {
        try
        {
            return await _client.PublishAsync(message, CancellationToken.None).WaitAsync(_options.AcknowledgementTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw Lost($"the broker did not acknowledge within {_options.AcknowledgementTimeout.TotalSeconds:0.#} s", e);
        }
        // When the connection goes between its checks, the client throws whatever that leads to.
        catch (Exception e) when (e is MqttCommunicationException or OperationCanceledException or ObjectDisposedException || !_client.IsConnected)
        {
            throw await LostAsync(e).ConfigureAwait(false);
        }
        finally
        {
            _window.Release();
        }
    }

    /// <inheritdoc cref="PublishInWindowAsync"/>
    public async Task<MqttClientPublishResult> PublishAsync(MqttApplicationMessage message, CancellationToken cancellationToken)
    {
        await EnterWindowAsync(cancellationToken).ConfigureAwait(false);
        return await PublishInWindowAsync(message).ConfigureAwait(false);
    }

    /// <summary>Subscribes with QoS 1.</summary>
    /// <returns>The filters that the broker refused, with its reason.</returns>
    /// <exception cref="SessionLostException">The connection ended.</exception>
    public async Task<IReadOnlyList<string>> SubscribeAsync(params string[] filters)
    {
        var subscription = new MqttClientSubscribeOptionsBuilder();
        foreach (string filter in filters)
            subscription.WithTopicFilter(filter, MqttQualityOfServiceLevel.AtLeastOnce);
        try
        {
            MqttClientSubscribeResult result = await _client.SubscribeAsync(subscription.Build(), CancellationToken.None)
                .WaitAsync(_options.AcknowledgementTimeout).ConfigureAwait(false);
            return [.. result.Items.Where(i => i.ResultCode >= MqttClientSubscribeResultCode.UnspecifiedError).Select(i => $"{i.TopicFilter.Topic}: {i.ResultCode}")];
        }
        catch (TimeoutException e)
        {
            throw Lost($"the broker did not answer a subscription within {_options.AcknowledgementTimeout.TotalSeconds:0.#} s", e);
        }
        catch (Exception e) when (e is MqttCommunicationException or OperationCanceledException or ObjectDisposedException || !_client.IsConnected)
        {
            throw await LostAsync(e).ConfigureAwait(false);
        }
    }

    /// <summary>Says goodbye, so that the broker does not publish the last will.</summary>
    public async Task DisconnectAsync()
    {
        Close("stopped");
        try
        {
            await _client.DisconnectAsync(new MqttClientDisconnectOptions(), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MqttCommunicationException or OperationCanceledException or ObjectDisposedException || !_client.IsConnected)
        {
            // It is gone already; there is nobody to say goodbye to.
        }
    }

    /// <summary>Ends the connection without goodbye if it is not ended yet: the broker then publishes the last will.</summary>
    public void Dispose()
    {
        Close("stopped");
        _client.Dispose();
    }

    private async Task ConnectAsync(LastWill? will, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(_options.ConnectTimeout);
        ServerCertificateCheck? check = null;
        MqttClientConnectResult answer;
        try
        {
            answer = await _client.ConnectAsync(ClientOptions.Build(_options, _clientId, will, out check), limited.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            cancellationToken.ThrowIfCancellationRequested(); // whatever the client made of it
            string problem = limited.IsCancellationRequested ? ConnectFailure.NoAnswer(_options) : ConnectFailure.Explain(e, _options, check?.Problem);
            throw new ConnectFailedException(problem, e);
        }
        if (answer.ResultCode != MqttClientConnectResultCode.Success)
            throw new ConnectFailedException(ConnectFailure.Explain(answer, _options));
        Window = Math.Min(_options.MaxInFlight, answer.ReceiveMaximum is > 0 and { } maximum ? maximum : ushort.MaxValue);
        MaxPacketBytes = answer.MaximumPacketSize is > 0 and { } size ? size : uint.MaxValue;
        _window = new SemaphoreSlim(Window);
    }

    /// <summary>
    /// Hands over and returns, so that the client acknowledges and goes on. While the reader is behind, the client waits, and with it the broker, which has no
    /// more than the receive maximum under way.
    /// </summary>
    private async Task OnReceived(MqttApplicationMessageReceivedEventArgs args)
    {
        MqttApplicationMessage message = args.ApplicationMessage;
        var copy = new IncomingMessage(message.Topic, message.Payload.ToArray(), message.Retain, message.ResponseTopic, message.CorrelationData);
        await _received.Writer.WriteAsync(copy, Closed).ConfigureAwait(false);
    }

    private Task OnDisconnected(MqttClientDisconnectedEventArgs args)
    {
        string detail = args.ReasonString is { Length: > 0 } reason ? $" ({reason.ReplaceLineEndings(" ")})" : "";
        Close(args switch
        {
            { Reason: MqttClientDisconnectReason.SessionTakenOver } => $"another client connected with the id '{_clientId}'; give each device its own name",
            { Exception: { } e } => $"the connection broke: {e.GetBaseException().Message.ReplaceLineEndings(" ")}",
            { Reason: not MqttClientDisconnectReason.NormalDisconnection } => $"the broker closed the connection: {args.Reason}{detail}",
            _ => "the connection was closed by the broker or the network",
        });
        return Task.CompletedTask;
    }

    /// <summary>A call that fails because the connection ended may know less of the reason than <see cref="OnDisconnected"/>, which may come a moment later.</summary>
    private async Task<SessionLostException> LostAsync(Exception inner)
    {
        await Task.Delay(ReasonTime, Closed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Lost(inner.Message, inner);
    }

    private SessionLostException Lost(string reason, Exception inner)
    {
        Close(reason);
        _client.Dispose();
        return new SessionLostException(Reason, inner);
    }

    private void Close(string reason)
    {
        if (Interlocked.CompareExchange(ref _reason, reason, null) is null)
            _closed.Cancel();
    }
}
