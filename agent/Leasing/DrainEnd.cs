using Microsoft.Extensions.Logging;
using Trainyard.Agent.Attempts;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Node;

namespace Trainyard.Agent.Leasing;

/// <summary>
/// Ends the runs of an agent that was told to stop: hands them back with grace when the drain time is over, and at once
/// when the hand-back takes too long or a second stop signal comes.
/// </summary>
internal sealed class DrainEnd(Drain drain, TimeSpan patience, TimeSpan handBack, ILogger logger)
{
    private int _toldWish;

    public void Look(ICollection<Attempt> attempts)
    {
        if (drain.Elapsed is not { } elapsed || attempts.Count == 0)
        {
            return;
        }
        if (_toldWish != drain.Wishes)
        {
            _toldWish = drain.Wishes;
            NodeLog.ToldToStop(logger, attempts.Count, patience);
        }
        var grace = attempts.Max(attempt => attempt.Grace);
        if (drain.IsUrgent || elapsed > patience + grace + handBack)
        {
            Each(attempts, attempt => attempt.HandBackNow());
        }
        else if (elapsed >= patience)
        {
            Each(attempts, attempt => HandBack(attempt));
        }
    }

    private void HandBack(Attempt attempt)
    {
        if (attempt.HandBack())
        {
            NodeLog.HandsBack(logger, attempt.Name);
        }
    }

    private static void Each(IEnumerable<Attempt> attempts, Action<Attempt> end)
    {
        foreach (var attempt in attempts)
        {
            end(attempt);
        }
    }
}
