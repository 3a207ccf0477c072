using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Pools.Scheduling;

/// <content>The reports about waiting runs.</content>
public sealed partial class PoolScheduler
{
    /// <summary>The runs with reservations, and the latest start of each, when it is known.</summary>
    public IEnumerable<(RunId Run, DateTimeOffset At)> Promises =>
        _reservations
            .All.Where(each => each is { IsKnown: true, IsByPreemption: false })
            .Select(each => (each.Run.RunId, new DateTimeOffset(each.StartsAt, TimeSpan.Zero)));

    /// <summary>
    /// At most <paramref name="most"/> waiting runs, in the order in which they would get nodes if all nodes were
    /// alike.
    /// </summary>
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
            // Each run moves the owner's next turn back, as if the run took one hour.
            var turn = next.Turn + (_owners.RateOf(next.Own.Current.Queued) * 3600 / next.Owner.Share.Weight);
            if (next.Own.MoveNext())
            {
                turns.Enqueue((next.Own, next.Owner, turn), (turn, place.Item2));
            }
        }
        return order;
    }

    /// <summary>The current standings of waiting runs; the function is valid until the next change.</summary>
    public Func<RunId, RunStanding?> Standings(DateTimeOffset now)
    {
        var ticks = now.UtcTicks;
        _waiting.LetIn(ticks);
        return new Standings(_options, _owners, _classes, _waiting, _nodes.Values, () => ForecastAt(ticks), ticks).Find;
    }
}
