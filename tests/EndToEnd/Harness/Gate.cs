using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Trainyard.EndToEnd.Harness;

/// <summary>
/// Holds training programs at a point until the test lets them go: they connect (see gate.py in
/// <see cref="Model"/>) and wait for the answer. No clock decides anything.
/// </summary>
internal sealed class Gate : IDisposable
{
    private static readonly TimeSpan ArrivesWithin = TimeSpan.FromSeconds(60);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public Gate() => _listener.Start();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The next program to arrive; it stays where it is until it is let go.</summary>
    public async Task<Held> Arrival()
    {
        using var deadline = new CancellationTokenSource(ArrivesWithin);
        var client = await _listener.AcceptTcpClientAsync(deadline.Token);
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8, leaveOpen: true);
        return new Held(client, await reader.ReadLineAsync(deadline.Token) ?? "");
    }

    /// <summary>Whether nobody has arrived that was not met yet.</summary>
    public bool NobodyWaits => !_listener.Pending();

    public void Dispose() => _listener.Dispose();

    internal sealed record Held(TcpClient Client, string Name) : IDisposable
    {
        public async Task LetGo() => await Client.GetStream().WriteAsync("go\n"u8.ToArray());

        public void Dispose() => Client.Dispose();
    }
}
