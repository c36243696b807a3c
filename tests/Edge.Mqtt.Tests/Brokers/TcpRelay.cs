using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Edge.Mqtt.Tests.Brokers;

/// <summary>
/// The network between a client and a broker: passes bytes on until it is cut (both ends reset) or frozen (bytes from the broker stay away,
/// nobody notices). Connections made while it is cut are closed at once.
/// </summary>
internal sealed class TcpRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<Socket, byte> _sockets = new();
    private readonly Task _accepting;
    private volatile bool _isCut;
    private volatile bool _isFrozen;

    public TcpRelay(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public int Connections { get; private set; }

    /// <summary>Resets all connections and refuses new ones until <see cref="Mend"/>.</summary>
    public void Cut()
    {
        _isCut = true;
        Reset();
    }

    /// <summary>Resets all connections; new ones may come.</summary>
    public void Reset()
    {
        foreach (Socket socket in _sockets.Keys)
        {
            try
            {
                socket.LingerState = new LingerOption(true, 0); // RST, as from a router that lost its table
                socket.Dispose();
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                // It ended by itself a moment ago.
            }
        }
    }

    public void Mend()
    {
        _isCut = false;
        _isFrozen = false;
    }

    /// <summary>What the broker says no longer arrives; what is said to it does.</summary>
    public void Freeze() => _isFrozen = true;

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Stop();
        Reset();
        await _accepting;
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptSocketAsync(_ending.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
            if (_isCut)
                client.Dispose();
            else
                _ = RelayAsync(client);
        }
    }

    private async Task RelayAsync(Socket client)
    {
        Connections++;
        using var broker = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _sockets.TryAdd(client, 0);
        _sockets.TryAdd(broker, 0);
        try
        {
            await broker.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAny(PumpAsync(client, broker, isFrozen: () => false), PumpAsync(broker, client, isFrozen: () => _isFrozen));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The broker is away: the client sees its connection close.
        }
        finally
        {
            _sockets.TryRemove(client, out _);
            _sockets.TryRemove(broker, out _);
            client.Dispose();
        }
    }

    private static async Task PumpAsync(Socket from, Socket to, Func<bool> isFrozen)
    {
        var buffer = new byte[8192];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
                if (!isFrozen())
                    await to.SendAsync(buffer.AsMemory(0, count));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }
}
