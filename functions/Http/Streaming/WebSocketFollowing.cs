using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>
/// Serves a websocket until everything was sent, the client closes or disconnects, or the service stops.
/// </summary>
public sealed class WebSocketFollowing(IHostApplicationLifetime lifetime)
{
    // How long to wait for the client's answer to a close.
    private static readonly TimeSpan ClosesWithin = TimeSpan.FromSeconds(5);

    internal async Task ServeAsync(
        HttpContext http,
        Func<WebSocketSender, CancellationToken, Task> send,
        CancellationToken cancellationToken
    )
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        using var sender = new WebSocketSender(socket);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken,
            http.RequestAborted,
            lifetime.ApplicationStopping
        );
        var closed = ReadToCloseAsync(socket, ending);
        try
        {
            await send(sender, ending.Token);
            await sender.CloseAsync(ending.Token);
            await closed.WaitAsync(ClosesWithin, ending.Token);
        }
        catch (Exception e)
            when (e is OperationCanceledException or WebSocketException or TimeoutException or IOException)
        {
            // The client has disconnected, or the service stops: the abort shows that the output is incomplete.
            http.Abort();
        }
    }

    // Ignores all messages of the client except its close.
    private static async Task ReadToCloseAsync(WebSocket socket, CancellationTokenSource ending)
    {
        var ignored = new byte[1024];
        try
        {
            while (
                (await socket.ReceiveAsync(ignored.AsMemory(), ending.Token)).MessageType
                    is not WebSocketMessageType.Close
            ) { }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException)
        {
            // The client disconnected without a close.
        }
        if (socket.State is WebSocketState.CloseReceived or WebSocketState.Aborted)
        {
            await ending.CancelAsync();
        }
    }
}
