using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Trainyard.Contracts;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>
/// The sending side of a websocket: sends text frames, one at a time for concurrent callers, and the close that marks
/// the end of the output.
/// </summary>
internal sealed class WebSocketSender(WebSocket socket) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    public Task SendJsonAsync<T>(T value, CancellationToken cancellationToken) =>
        SendAsync(JsonSerializer.SerializeToUtf8Bytes(value, WireJson.Options), cancellationToken);

    /// <summary>Invalid UTF-8 becomes the replacement character: a text frame must be valid UTF-8.</summary>
    public Task SendTextAsync(ReadOnlyMemory<byte> text, CancellationToken cancellationToken) =>
        SendAsync(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text.Span)), cancellationToken);

    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task SendAsync(byte[] frame, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }
}
