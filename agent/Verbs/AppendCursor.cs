using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// The progress of a spool: <see cref="Sent"/> of its bytes have arrived, and the first one has the offset <see
/// cref="Origin"/> at the service.
/// </summary>
internal sealed record AppendCursor(long Origin, long Sent)
{
    /// <summary>The offset of the next byte at the service.</summary>
    public long Offset => Origin + Sent;

    /// <summary>
    /// Adopts the length that the service reports: after a lost answer the service has bytes already, after a lost tail
    /// it lacks some. A length that this spool cannot explain moves the origin, so that no byte is sent twice.
    /// </summary>
    public AppendCursor After(AppendAnswer answer, int offered, long spoolLength)
    {
        var arrived = answer.Length - Origin;
        if (arrived >= 0 && arrived <= spoolLength)
        {
            return this with { Sent = arrived };
        }
        var sent = answer.Written ? Sent + offered : Sent;
        return new AppendCursor(answer.Length - sent, sent);
    }
}
