using Trainyard.Agent.Service;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// Sends a small spool ahead of the pieces of another spool, so that the data about a piece arrives before the piece.
/// </summary>
/// <param name="stream">The stream to send through.</param>
/// <param name="spool">The spool to send.</param>
/// <param name="origin">The offset of the spool's start in the service's copy.</param>
internal sealed class AppendAhead(AppendStream stream, Spool spool, long origin)
{
    private const int LargestPiece = 64 * 1024;
    private readonly byte[] _buffer = new byte[LargestPiece];
    private AppendCursor _cursor = new(origin, 0);
    private bool _isRefused;

    /// <summary>
    /// Completes when all data of the moment is sent, or cannot be sent; the other spool then goes on without it.
    /// </summary>
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
                    // The answer took nothing, so the data goes with the next piece.
                    return;
                }
                _cursor = next;
            }
            catch (ServiceAwayException)
            {
                // The other spool retries until the service is back, and this data goes with its next piece.
                return;
            }
            catch (ServiceRefusedException)
            {
                // An earlier version of the service has no route for times.
                _isRefused = true;
            }
        }
    }
}
