using System.Net.WebSockets;
using System.Text;

namespace Trainyard.Clients.World;

/// <summary>Reads a websocket frame by frame, as clients do.</summary>
internal sealed class Frames(ClientWebSocket socket) : IDisposable
{
    private static readonly TimeSpan ComesWithin = TimeSpan.FromSeconds(60);

    public WebSocketCloseStatus? CloseStatus => socket.CloseStatus;

    /// <summary>The next frame; null when the other side closes.</summary>
    public async Task<string?> NextAsync()
    {
        using var limit = new CancellationTokenSource(ComesWithin);
        var buffer = new byte[256 * 1024];
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), limit.Token);
            if (part.MessageType is WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
                return null;
            }
            Assert.Equal(WebSocketMessageType.Text, part.MessageType);
            length += part.Count;
            if (part.EndOfMessage)
            {
                return Encoding.UTF8.GetString(buffer, 0, length);
            }
        }
    }

    /// <summary>What comes until a frame fits, that one last.</summary>
    public async Task<List<string>> UntilAsync(Func<string, bool> fits)
    {
        var frames = new List<string>();
        while (await NextAsync() is { } frame)
        {
            frames.Add(frame);
            if (fits(frame))
            {
                return frames;
            }
        }
        throw new InvalidOperationException($"Closed before it came:\n{string.Join('\n', frames)}");
    }

    /// <summary>What comes until the other side closes.</summary>
    public async Task<List<string>> RestAsync()
    {
        var frames = new List<string>();
        while (await NextAsync() is { } frame)
        {
            frames.Add(frame);
        }
        return frames;
    }

    public void Dispose() => socket.Dispose();
}
