using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Trainyard.Chaos.World;

/// <summary>What a <see cref="TcpProxy"/> does with connections.</summary>
internal enum ProxyMode
{
    /// <summary>Passes everything.</summary>
    Pass,

    /// <summary>Accepts and resets at once, and resets what is open.</summary>
    Refuse,

    /// <summary>Accepts and passes nothing: a cable that was pulled.</summary>
    Stall,

    /// <summary>Passes each piece a third of a second late.</summary>
    Delay,

    /// <summary>Answers every new connection with HTTP 503 and closes it.</summary>
    Unavailable,
}

/// <summary>A line between two programs that can be cut, held up and slowed down.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private static readonly TimeSpan Lateness = TimeSpan.FromMilliseconds(330);
    private static readonly byte[] Answer503 =
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\nConnection: close\r\n\r\n"u8.ToArray();

    private readonly TcpListener _listener;
    private readonly IPEndPoint _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, byte> _open = new();
    private readonly Task _accepting;
    private volatile ProxyMode _mode;

    public TcpProxy(IPAddress listenOn, IPEndPoint target)
    {
        _target = target;
        _listener = new TcpListener(listenOn, 0);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    public ProxyMode Mode
    {
        get => _mode;
        set
        {
            _mode = value;
            if (value == ProxyMode.Refuse)
            {
                Cut();
            }
        }
    }

    /// <summary>Resets every open connection, in the middle of whatever it carries.</summary>
    public void Cut()
    {
        foreach (var socket in _open.Keys)
        {
            Reset(socket);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                _ = ServeAsync(client);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Stopped, or the client was gone before it was accepted.
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        _open[client] = _open[server] = 0;
        try
        {
            if (_mode == ProxyMode.Refuse)
            {
                return;
            }
            if (_mode == ProxyMode.Unavailable)
            {
                await AnswerUnavailableAsync(client);
                return;
            }

            await server.ConnectAsync(_target, _stop.Token);
            await Task.WhenAll(PumpAsync(client, server), PumpAsync(server, client));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Cut, or one side is gone.
        }
        finally
        {
            _open.TryRemove(client, out _);
            _open.TryRemove(server, out _);
            Reset(client);
        }
    }

    private async Task AnswerUnavailableAsync(Socket client)
    {
        // The request first, or the client may see a reset in place of the answer.
        await client.ReceiveAsync(new byte[4096], _stop.Token);
        await client.SendAsync(Answer503, _stop.Token);
        client.Shutdown(SocketShutdown.Send);
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var count = await from.ReceiveAsync(buffer, _stop.Token);
            while (_mode == ProxyMode.Stall)
            {
                await Task.Delay(50, _stop.Token);
            }
            if (_mode == ProxyMode.Delay)
            {
                await Task.Delay(Lateness, _stop.Token);
            }
            if (count == 0)
            {
                to.Shutdown(SocketShutdown.Send);
                return;
            }

            await SendAllAsync(to, buffer.AsMemory(0, count));
        }
    }

    private async Task SendAllAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await to.SendAsync(bytes, _stop.Token)..];
        }
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            socket.Close();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed already.
        }
    }
}
