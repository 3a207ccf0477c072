using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// How much of a spool has arrived: <see cref="Sent"/> bytes, which start at <see cref="Origin"/> in the service's
/// copy.
/// </summary>
internal sealed record AppendCursor(long Origin, long Sent)
{
    /// <summary>The offset of the next byte at the service.</summary>
    public long Offset => Origin + Sent;

    /// <summary>
    /// Adopts the length that the service reports. After a lost answer, that length includes bytes that were sent;
    /// after a lost tail, bytes are missing. A length that this spool cannot explain moves the origin, so that nothing
    /// is sent twice.
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
