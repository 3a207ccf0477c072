using Trainyard.Agent.Service;

namespace Trainyard.Agent.Verbs;

/// <summary>A small spool that is sent on ahead of another one's pieces, so that what explains them is there when they are.</summary>
/// <param name="stream">The way.</param>
/// <param name="spool">What is sent.</param>
/// <param name="origin">Where it begins there.</param>
internal sealed class AppendAhead(AppendStream stream, Spool spool, long origin)
{
    private const int LargestPiece = 64 * 1024;
    private readonly byte[] _buffer = new byte[LargestPiece];
    private AppendCursor _cursor = new(origin, 0);
    private bool _isRefused;

    /// <summary>Ends when all that is there now was sent, or cannot be: what comes behind does without it.</summary>
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
                    // An answer that takes nothing: it goes with the next piece.
                    return;
                }
                _cursor = next;
            }
            catch (ServiceAwayException)
            {
                // Who comes behind waits for it, and this goes with the next piece.
                return;
            }
            catch (ServiceRefusedException)
            {
                // A service of before knows no times.
                _isRefused = true;
            }
        }
    }
}
