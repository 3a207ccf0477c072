using System.Net;
using System.Net.Sockets;

namespace Trainyard.Backends.Tests.ObjectStores.Answers;

/// <summary>Answers every connection with the same bytes, and closes it.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    private RawServer(byte[] answer)
    {
        _listener.Start();
        _serving = ServeAsync(answer);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static Task<RawServer> StartAsync(byte[] answer) => Task.FromResult(new RawServer(answer));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync(byte[] answer)
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await AnswerAsync(client.GetStream(), answer);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private static async Task AnswerAsync(NetworkStream stream, byte[] answer)
    {
        try
        {
            _ = await stream.ReadAsync(new byte[4096]);
            await stream.WriteAsync(answer);
        }
        catch (IOException)
        {
            // The other side hung up.
        }
    }
}
