using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Pools.Scheduling;

/// <content>What is told of those who wait.</content>
public sealed partial class PoolScheduler
{
    /// <summary>The runs that have reservations, and when each begins at the latest, where that is known.</summary>
    public IEnumerable<(RunId Run, DateTimeOffset At)> Promises =>
        _reservations
            .All.Where(each => each.IsKnown)
            .Select(each => (each.Run.RunId, new DateTimeOffset(each.StartsAt, TimeSpan.Zero)));

    /// <summary>What waits, in the order in which it would get nodes that all are alike; at most so many.</summary>
    public IReadOnlyList<QueuedRun> Waiting(DateTimeOffset now, int most)
    {
        var turns = new PriorityQueue<(IEnumerator<PendingRun> Own, OwnerAccount Owner, double Turn), (double, int)>();
        foreach (var owner in _owners.All.Where(owner => owner.Waiting > 0))
        {
            var own = owner.InOrder().GetEnumerator();
            if (own.MoveNext())
            {
                var turn = owner.Share.TurnAt(now.UtcTicks);
                turns.Enqueue((own, owner, turn), (turn, turns.Count));
            }
        }
        var order = new List<QueuedRun>();
        while (order.Count < most && turns.TryDequeue(out var next, out var place))
        {
            order.Add(next.Own.Current.Queued);
            // Each that it gets makes its next turn later, as it would if it ran for an hour.
            var turn = next.Turn + (_owners.RateOf(next.Own.Current.Queued) * 3600 / next.Owner.Share.Weight);
            if (next.Own.MoveNext())
            {
                turns.Enqueue((next.Own, next.Owner, turn), (turn, place.Item2));
            }
        }
        return order;
    }

    /// <summary>Where waiting runs stand now; what it gives is good until the next change.</summary>
    public Func<RunId, RunStanding?> Standings(DateTimeOffset now)
    {
        _waiting.LetIn(now.UtcTicks);
        return new Standings(_options, _owners, _classes, _waiting, _nodes.Values, now.UtcTicks).Find;
    }
}
