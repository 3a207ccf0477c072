using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Trainyard.Backends.Tests.ObjectStores.Answers;

/// <summary>Answers with a beginning and then with as much as the other side takes, up to 600 MB.</summary>
internal sealed class PouringServer : IAsyncDisposable
{
    private const int Blocks = 600;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private long _sent;

    private PouringServer(string begin)
    {
        _listener.Start();
        _serving = ServeAsync(Encoding.ASCII.GetBytes(begin));
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What the sockets took so far, in all connections.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    public static Task<PouringServer> StartAsync(string begin) => Task.FromResult(new PouringServer(begin));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync(byte[] begin)
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await PourAsync(client.GetStream(), begin);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task PourAsync(NetworkStream stream, byte[] begin)
    {
        var block = new byte[1 << 20];
        block.AsSpan().Fill((byte)'x');
        try
        {
            _ = await stream.ReadAsync(new byte[4096]);
            await stream.WriteAsync(begin);
            for (var i = 0; i < Blocks; i++)
            {
                await stream.WriteAsync(block);
                Interlocked.Add(ref _sent, block.Length);
            }
        }
        catch (IOException)
        {
            // The other side has had enough.
        }
    }
}
