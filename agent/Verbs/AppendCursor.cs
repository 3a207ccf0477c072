using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Verbs;

/// <summary>
/// How far a spool has arrived: <see cref="Sent"/> of its bytes, which begin at <see cref="Origin"/> in what the service keeps.
/// </summary>
internal sealed record AppendCursor(long Origin, long Sent)
{
    /// <summary>Where the next byte goes at the service.</summary>
    public long Offset => Origin + Sent;

    /// <summary>
    /// Takes the service's word for its length: a lost answer shows as bytes that are there already, a lost tail as bytes
    /// that are missing. A length that no part of this spool explains moves the origin, so that nothing is sent twice.
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
