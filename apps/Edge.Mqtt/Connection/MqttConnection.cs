using System.Diagnostics;
using Microsoft.Extensions.Logging;
using MQTTnet;

namespace Edge.Mqtt.Connection;

/// <summary>
/// Keeps a connection to a broker: connects, hands the session to <c>serve</c>, and begins anew when it ends, for ever. A
/// problem is logged once, until it changes. <see cref="Start"/> and <see cref="StopAsync"/> are called once each.
/// </summary>
/// <param name="options">Checked.</param>
/// <param name="clientId">Unique on the broker.</param>
/// <param name="will">Null: none.</param>
/// <param name="serve">
/// Uses a session until it is lost (<see cref="SessionLostException"/>) or the token says that the connection stops; may publish a farewell then.
/// </param>
/// <param name="log">Where changes of state go.</param>
internal sealed class MqttConnection(
    MqttOptions options, string clientId, LastWill? will, Func<MqttSession, CancellationToken, Task> serve, ILogger log) : IAsyncDisposable
{
    /// <summary>A session that lasted so long shows that the broker is well: the next failure is a first one.</summary>
    private static readonly TimeSpan s_stable = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Backoff _backoff = new(options.ReconnectDelay, options.MaxReconnectDelay, Random.Shared);
    private readonly Lock _sync = new();
    private ConnectionStatus _status = new(ConnectionState.Connecting);
    private Task _running = Task.CompletedTask;

    /// <summary>Raised from the connection's own task; handlers must be quick.</summary>
    public event Action<ConnectionStatus>? StatusChanged;

    public ConnectionStatus Status
    {
        get
        {
            lock (_sync)
                return _status;
        }
    }

    /// <summary>Sessions so far.</summary>
    public long Sessions { get; private set; }

    public void Start() => _running = Task.Run(KeepAsync);

    /// <summary>Lets <c>serve</c> finish and says goodbye to the broker.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        Report(new ConnectionStatus(ConnectionState.Stopped));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopping.IsCancellationRequested)
            await StopAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task KeepAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            string problem = await ConnectAndServeAsync().ConfigureAwait(false);
            if (_stopping.IsCancellationRequested)
                return;
            if (Status.Problem != problem)
                log.Disconnected(options.Address, problem);
            Report(new ConnectionStatus(ConnectionState.Waiting, problem));
            await Task.Delay(_backoff.Next(), _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>Why there is no connection any more.</returns>
    private async Task<string> ConnectAndServeAsync()
    {
        try
        {
            using MqttSession session = await MqttSession.ConnectAsync(options, clientId, will, _stopping.Token).ConfigureAwait(false);
            Sessions++;
            log.Connected(options.Address, clientId);
            if (options.Tls is { AllowUntrusted: true })
                log.Untrusted(options.Address);
            Report(new ConnectionStatus(ConnectionState.Connected));
            return await ServeAsync(session).ConfigureAwait(false);
        }
        catch (ConnectFailedException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return "stopped";
        }
    }

    private async Task<string> ServeAsync(MqttSession session)
    {
        long begin = Stopwatch.GetTimestamp();
        try
        {
            await serve(session, _stopping.Token).ConfigureAwait(false);
            await session.DisconnectAsync().ConfigureAwait(false);
            return session.Reason;
        }
        catch (Exception e) when (e is SessionLostException or OperationCanceledException)
        {
            return session.Reason;
        }
        // Whatever it is, events must go on being delivered: say it with all that is known of it, and connect anew.
        catch (Exception e)
        {
            log.ServingFailed(e, options.Address);
            return $"the connection was given up: {e.Message}";
        }
        finally
        {
            if (Stopwatch.GetElapsedTime(begin) > s_stable)
                _backoff.Reset();
        }
    }

    private void Report(ConnectionStatus status)
    {
        lock (_sync)
            _status = status;
        StatusChanged?.Invoke(status);
    }
}
