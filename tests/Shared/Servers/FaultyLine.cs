using System.Net;
using System.Net.Sockets;

namespace Trainyard.Tests.Shared.Servers;

/// <summary>
/// A line between a client and a server that speaks HTTP which does to connections, at random, what lines do: refuses, answers 503,
/// is late, and cuts in the middle of whatever passes.
/// </summary>
public sealed class FaultyLine : IAsyncDisposable
{
    private const int PieceBytes = 64 * 1024;

    private static readonly byte[] Answer503 =
        "HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nRetry-After: 0\r\nConnection: close\r\n\r\n"u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly IPEndPoint _target;
    private readonly Random _random;
    private readonly Task _accepting;
    private int _faults;

    /// <param name="target">The server.</param>
    /// <param name="seed">Decides what happens to which connection and piece, in the order in which they come.</param>
    public FaultyLine(IPEndPoint target, int seed)
    {
        (_target, _random) = (target, new Random(seed));
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whether anything goes wrong; a line that is healed passes everything.</summary>
    public bool IsFaulty { get; set; } = true;

    /// <summary>How much went wrong so far.</summary>
    public int Faults => Volatile.Read(ref _faults);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private bool Happens(double chance)
    {
        if (!IsFaulty)
        {
            return false;
        }
        lock (_random)
        {
            if (_random.NextDouble() >= chance)
            {
                return false;
            }
        }
        Interlocked.Increment(ref _faults);
        return true;
    }

    private int Between(int from, int to)
    {
        lock (_random)
        {
            return _random.Next(from, to);
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync(_stop.Token));
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
        try
        {
            if (Happens(0.05))
            {
                return;
            }
            if (Happens(0.05))
            {
                // The request first, or the client may see a reset in place of the answer.
                await client.ReceiveAsync(new byte[PieceBytes], _stop.Token);
                await client.SendAsync(Answer503, _stop.Token);
                client.Shutdown(SocketShutdown.Send);
                return;
            }
            await server.ConnectAsync(_target, _stop.Token);
            using var cut = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            await Task.WhenAll(PumpAsync(client, server, cut), PumpAsync(server, client, cut));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Cut, or one side is gone.
        }
        finally
        {
            client.LingerState = new LingerOption(enable: true, seconds: 0);
            client.Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to, CancellationTokenSource cut)
    {
        var buffer = new byte[PieceBytes];
        while (true)
        {
            var count = await from.ReceiveAsync(buffer, cut.Token);
            if (Happens(0.02))
            {
                await cut.CancelAsync();
            }
            if (Happens(0.02))
            {
                await Task.Delay(Between(1, 100), cut.Token);
            }
            cut.Token.ThrowIfCancellationRequested();
            if (count == 0)
            {
                to.Shutdown(SocketShutdown.Send);
                return;
            }
            for (var sent = 0; sent < count; )
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), cut.Token);
            }
        }
    }
}
