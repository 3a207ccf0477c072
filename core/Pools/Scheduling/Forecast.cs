using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Pools.Scheduling;

/// <summary>
/// When the first of the waiting runs will begin, if all runs take as long as they may, or as like ones did, and no others come: the
/// same decisions as for the pool itself, played on from its present state.
/// </summary>
internal sealed class Forecast
{
    // Decisions and ends; what begins after them is not known.
    private const int MostSteps = 1_000;

    private readonly PoolScheduler _pool;
    private readonly SchedulingOptions _options;
    private readonly Dictionary<RunId, PlannedStart> _starts = [];
    private readonly PriorityQueue<PlannedEnd, (long At, int Order)> _ends = new();
    private readonly bool _isWhole;
    private long _now;
    private bool _isFromHistory;
    private int _steps;
    private int _order;

    /// <param name="copy">A copy of the pool; the forecast changes it.</param>
    /// <param name="original">The pool.</param>
    /// <param name="now">In ticks.</param>
    public Forecast(PoolScheduler copy, PoolScheduler original, long now)
    {
        (_pool, _options, _now) = (copy, original.Options, now);
        _isWhole = copy.WaitingCount == original.WaitingCount;
        foreach (var placed in original.RunningInOrder)
        {
            AddEnd(placed.Run, placed.StartedAt, placed.Preemption is not null);
        }
        Play();
    }

    /// <summary>Whether it was played to the end with all runs: what has no start then has none that is known.</summary>
    public bool IsComplete => _isWhole && _steps < MostSteps;

    /// <summary>The start of a run; null when it is not known.</summary>
    public PlannedStart? Find(RunId id) => _starts.TryGetValue(id, out var start) ? start : null;

    private void Play()
    {
        Decide();
        while (_steps < MostSteps && _pool.WaitingCount > 0 && Next() is { } next)
        {
            _now = Math.Max(_now, next);
            if (_ends.TryPeek(out var ended, out var at) && at.At <= _now)
            {
                _ends.Dequeue();
                _isFromHistory |= ended.IsFromHistory;
                _pool.EndForecast(ended.Run, _now);
                _steps++;
            }
            Decide();
        }
    }

    private long? Next()
    {
        var due = _pool.NextDue?.UtcTicks;
        return _ends.TryPeek(out _, out var end) && !(due < end.At) ? end.At : due;
    }

    private void Decide()
    {
        while (
            _steps++ < MostSteps && _pool.Decide(new DateTimeOffset(_now, TimeSpan.Zero)) is { Count: > 0 } decisions
        )
        {
            foreach (var decision in decisions)
            {
                _starts[decision.Run.RunId] = new PlannedStart(_now, _isFromHistory);
                AddEnd(decision.Run, _now, isLeaving: false);
            }
            _pool.AskForecast(decisions.SelectMany(decision => decision.Nodes));
        }
    }

    // Nobody knows when a run ends that has neither limit nor like, or that is past its time.
    private void AddEnd(QueuedRun run, long startedAt, bool isLeaving)
    {
        var isFromHistory = run.MaxDuration is null;
        var length = run.MaxDuration is { } most ? most + _options.Overhead : run.Expected;
        long? end =
            isLeaving ? _now + _options.PreemptionTime.Ticks
            : length is { } known ? startedAt + known.Ticks
            : null;
        if (end is { } at && at > _now)
        {
            _ends.Enqueue(new PlannedEnd(run.RunId, isFromHistory && !isLeaving), (at, _order++));
        }
    }

    private readonly record struct PlannedEnd(RunId Run, bool IsFromHistory);
}

/// <summary>A forecast start in ticks, and whether it depends on how long like runs took.</summary>
internal readonly record struct PlannedStart(long At, bool IsFromHistory);
