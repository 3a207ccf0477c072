using Trainyard.Agent.Service;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// Sends a small spool ahead of the pieces of another one, so that the data that explains a piece arrives before it.
/// </summary>
/// <param name="stream">The stream that sends the spool.</param>
/// <param name="spool">The spool to send.</param>
/// <param name="origin">The offset of the spool's first byte at the service.</param>
internal sealed class AppendAhead(AppendStream stream, Spool spool, long origin)
{
    private const int LargestPiece = 64 * 1024;
    private readonly byte[] _buffer = new byte[LargestPiece];
    private AppendCursor _cursor = new(origin, 0);
    private bool _isRefused;

    /// <summary>Sends what the spool has now. When that fails, the pieces behind go without it.</summary>
    /// <exception cref="LeaseLostException">The lease is gone.</exception>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        for (var there = spool.Length; !_isRefused && _cursor.Sent < there; )
        {
            var piece = _buffer.AsMemory(0, spool.Read(_cursor.Sent, _buffer));
            try
            {
                var next = await stream.SendOnceAsync(spool, _cursor, piece, cancellationToken);
                if (next == _cursor)
                {
                    // The service took nothing: the rest is sent before the next piece.
                    return;
                }
                _cursor = next;
            }
            catch (ServiceAwayException)
            {
                // The stream behind waits for the service; the rest is sent before the next piece.
                return;
            }
            catch (ServiceRefusedException)
            {
                // An older service has no route for the times.
                _isRefused = true;
            }
        }
    }
}
