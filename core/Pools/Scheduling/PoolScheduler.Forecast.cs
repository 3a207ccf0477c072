using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Pools.Scheduling;

/// <content>The forecast, which is played with a copy of the pool.</content>
public sealed partial class PoolScheduler
{
    // A forecast is computed for whoever looks at the queue, so it may only take as long as some hundred decisions.
    private const int MostNodesForecast = 500;
    private const int MostRunningForecast = 2_000;
    private const int MostWaitingForecast = 200;

    // In a larger pool all who look within this time share one forecast.
    private const int SmallPool = 100;
    private static readonly long SharedFor = TimeSpan.FromSeconds(5).Ticks;

    private Forecast? _forecast;
    private long _forecastAt;

    internal SchedulingOptions Options => _options;

    /// <summary>What runs, in the order in which it was placed.</summary>
    internal IEnumerable<PlacedRun> RunningInOrder => _running.Values.OrderBy(each => each.Number);

    /// <summary>Ends a run of a forecast; its nodes ask again.</summary>
    internal void EndForecast(RunId run, long now)
    {
        var nodes = _running[run].Occupancies.Select(place => place.Node.Name).ToList();
        Forget(run, new DateTimeOffset(now, TimeSpan.Zero));
        AskForecast(nodes);
    }

    /// <summary>Nodes of a forecast ask with all that they have free.</summary>
    internal void AskForecast(IEnumerable<string> nodes)
    {
        foreach (var name in nodes)
        {
            Ask(name, NodeOf(name).Free);
        }
    }

    // Null for a pool that is too large.
    private Forecast? ForecastAt(long now)
    {
        var age = now - _forecastAt;
        if (_running.Count + _waiting.Count <= SmallPool || age < 0 || age >= SharedFor)
        {
            _forecastAt = now;
            _forecast =
                _there > MostNodesForecast || _running.Count > MostRunningForecast
                    ? null
                    : new Forecast(Copy(now), this, now);
        }
        return _forecast;
    }

    // The same nodes, running runs, reservations and usage, and the first of the waiting runs.
    private PoolScheduler Copy(long now)
    {
        var copy = new PoolScheduler(_options with { Preemption = false })
        {
            _lookedAt = _lookedAt,
            _reorderedAt = _reorderedAt,
        };
        foreach (var owner in _owners.All)
        {
            copy._owners.Of(owner.Name);
        }
        var there = _nodes.Values.Where(node => node.IsThere).OrderBy(node => node.Index).ToList();
        there.ForEach(copy.AddCopy);
        foreach (var placed in RunningInOrder)
        {
            copy.Occupy(
                placed.Run,
                [.. placed.Occupancies.Select(place => copy.NodeOf(place.Node.Name))],
                placed.StartedAt,
                countedFrom: now,
                now
            );
        }
        foreach (var owner in _owners.All)
        {
            copy.SetUsage(owner.Name, owner.Share.UsedAt(now), new DateTimeOffset(now, TimeSpan.Zero));
        }
        copy.AddWaiting(this, now);
        foreach (var owner in _owners.All)
        {
            copy._waiting.SetTurn(copy._owners.Of(owner.Name), owner.Turn);
        }
        // A node that does not ask at the moment will, with all that it has free.
        there.ForEach(node => copy.Change(copy.NodeOf(node.Name), each => each.Free = node.Free));
        copy.AskForecast(there.Select(node => node.Name));
        copy._reservedAsked.Clear();
        copy._reservedAsked.UnionWith(_reservedAsked.Select(node => copy.NodeOf(node.Name)));
        return copy;
    }

    private void AddCopy(SchedulerNode original)
    {
        var node = NodeOf(original.Name);
        node.Class = _classes.CopyOf(original.Class!);
        node.Free = original.Sighting!.Capacity;
        // Nodes do not fall silent in a forecast.
        node.Sighting = original.Sighting with
        {
            SeenAt = DateTimeOffset.MaxValue,
        };
        node.IsThere = true;
        _there++;
        node.Class.Come(node);
        _classes.Changed();
    }

    private void AddWaiting(PoolScheduler original, long now)
    {
        var instant = new DateTimeOffset(now, TimeSpan.Zero);
        var reserved = original._reservations.All.Select(each => each.Run.Queued);
        foreach (var run in original.Waiting(instant, MostWaitingForecast).Concat(reserved))
        {
            if (_waiting.Find(run.RunId) is null)
            {
                _waiting.Add(run, now);
            }
        }
        foreach (var each in original._reservations.All)
        {
            if (_waiting.Find(each.Run.RunId) is { Group: not null } run)
            {
                var nodes = each.Nodes.Select(node => NodeOf(node.Name)).ToList();
                _reservations.Restore(run, nodes, each.StartsAt, each.IsByPreemption);
            }
        }
        _forOldest = original._forOldest is { } oldest ? _waiting.Find(oldest.RunId) : null;
    }
}
