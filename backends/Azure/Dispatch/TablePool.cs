using Azure.Data.Tables;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>
/// This instance's copy of the queue: read as a whole at the start, then kept current by its own changes and by the
/// log of the other instances' changes. The log is read at most once a second, however many nodes wait.
/// </summary>
internal sealed class TablePool : IDisposable
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReadNodesEvery = TimeSpan.FromSeconds(30);

    // Finds changes by a process that died before it wrote them to the log.
    private static readonly TimeSpan ReadAllEvery = TimeSpan.FromMinutes(10);

    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly Lock _telling = new();
    private readonly Dictionary<RunId, AttemptRecord> _known = [];
    private readonly ChangeLog _log;
    private long? _readAt;
    private long _readAllAt;
    private long _readNodesAt;
    private DateTimeOffset _readTo;
    private HashSet<string> _readNodes = [];

    public TablePool(TableClient table, TimeProvider time, PoolOptions options)
    {
        _time = time;
        _log = new ChangeLog(table);
        Scheduling = options.Scheduling;
        Dispatcher = new Dispatcher(time, Scheduling, LookAgain);
        Attempts = new AttemptTable(table, time);
        Nodes = new NodeRows(table, time);
        Usage = new UsageRows(table, Scheduling);
        Waiting = new WaitingNodes(new WaitingRows(table, time), Dispatcher, time);
    }

    public SchedulingOptions Scheduling { get; }

    public Dispatcher Dispatcher { get; }

    public AttemptTable Attempts { get; }

    public NodeRows Nodes { get; }

    public UsageRows Usage { get; }

    public WaitingNodes Waiting { get; }

    /// <summary>The known leases, including lost ones.</summary>
    public List<AttemptRecord> Leases
    {
        get
        {
            lock (_telling)
            {
                return [.. _known.Values.Where(each => each.State is AttemptState.Leased or AttemptState.Lost)];
            }
        }
    }

    /// <summary>Slots of the known leases, by node.</summary>
    public Dictionary<string, int> LeasedSlots() =>
        Leases
            .Where(lease => lease.State is AttemptState.Leased)
            .SelectMany(lease => lease.Learners)
            .GroupBy(learner => learner.Node)
            .ToDictionary(own => own.Key, own => own.Sum(learner => learner.Slots));

    /// <summary>The runs of the known leases of a node.</summary>
    public List<RunId> LeasedTo(string node) =>
        [
            .. Leases
                .Where(lease => lease.State is AttemptState.Leased && lease.LearnerOn(node) is not null)
                .Select(lease => lease.RunId),
        ];

    /// <summary>Whether a node holds a lease now.</summary>
    public async Task<bool> HoldsAsync(string node, CancellationToken cancellationToken) =>
        await HoldsAsync(node, [], cancellationToken)
        // Leases of older versions have no row beside their node.
        || LeasedTo(node).Count > 0;

    /// <summary>Whether a node holds a lease now, by the rows beside it, besides those of some runs.</summary>
    public async Task<bool> HoldsAsync(
        string node,
        IReadOnlyCollection<RunId> besides,
        CancellationToken cancellationToken
    )
    {
        foreach (var id in (await Nodes.HeldByAsync(node, cancellationToken)).Except(besides))
        {
            var record = await Attempts.FindAsync(id, cancellationToken);
            if (record is { State: AttemptState.Leased } && record.LearnerOn(node) is not null)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Reads the other instances' changes, at most once a second, and which nodes wait there.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_readAt is not { } last || _time.GetElapsedTime(_readAllAt) >= ReadAllEvery)
            {
                await ReadAllAsync(cancellationToken);
            }
            else if (_time.GetElapsedTime(last) >= ReadEvery)
            {
                await ReadLogAsync(cancellationToken);
            }
            if (_time.GetElapsedTime(_readNodesAt) >= ReadNodesEvery)
            {
                await ReadNodesAsync(cancellationToken);
            }
            await Waiting.ExchangeAsync(nodes => ReadNewNodesAsync(nodes, cancellationToken), cancellationToken);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Applies a change by this instance to its copy and logs it for the others.</summary>
    public async Task ChangedAsync(AttemptRecord record, CancellationToken cancellationToken)
    {
        Know(record);
        await _log.AddAsync(record, _time.GetUtcNow(), cancellationToken);
    }

    /// <summary>Takes over the state of an attempt, unless a newer revision is known.</summary>
    public void Know(AttemptRecord record)
    {
        lock (_telling)
        {
            var before = _known.GetValueOrDefault(record.RunId);
            if (before?.Revision > record.Revision)
            {
                return;
            }
            _known[record.RunId] = record;
            Waiting.Know(record);
            // A renewal changes only the end of the lease, which the dispatcher does not need.
            if (before is null || !IsSame(before, record))
            {
                Tell(record);
            }
        }
    }

    /// <summary>Replaces an outdated state of an attempt by the one in the table; null if the table has none.</summary>
    public void Correct(RunId id, AttemptRecord? record)
    {
        lock (_telling)
        {
            if (record is null)
            {
                _known.Remove(id);
                Waiting.Forget(id);
                Dispatcher.Ended(id);
                return;
            }
            _known[id] = record;
            Waiting.Know(record);
            Tell(record);
        }
    }

    public void Forget(RunId id)
    {
        lock (_telling)
        {
            _known.Remove(id);
            Waiting.Forget(id);
        }
    }

    public Task PurgeLogAsync(CancellationToken cancellationToken) =>
        _log.PurgeAsync(_time.GetUtcNow(), cancellationToken);

    public void Dispose() => _reading.Dispose();

    private static bool IsSame(AttemptRecord before, AttemptRecord after) =>
        after.State is AttemptState.Leased
        && (before.State, before.Attempt, before.Preemption, before.SavedAt)
            == (after.State, after.Attempt, after.Preemption, after.SavedAt)
        && before.Learners.Select(each => each.Node).SequenceEqual(after.Learners.Select(each => each.Node));

    private void Tell(AttemptRecord record)
    {
        var now = _time.GetUtcNow();
        switch (record.State)
        {
            case AttemptState.Queued:
                Dispatcher.Enqueued(record.Pool, record.ToQueued(now));
                break;
            case AttemptState.Leased:
                Dispatcher.Started(record.Pool, record.ToRunning(now));
                break;
            default:
                Dispatcher.Ended(record.RunId);
                break;
        }
    }

    private async Task ReadLogAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        // After a long pause, or when the clock was set back, the log may miss changes.
        if (now < _readTo || now - _readTo > ChangeLog.Reach)
        {
            await ReadAllAsync(cancellationToken);
            return;
        }
        var begun = _time.GetTimestamp();
        foreach (var record in await _log.SinceAsync(_readTo, cancellationToken))
        {
            Know(record);
        }
        (_readAt, _readTo) = (begun, now);
    }

    private async Task ReadAllAsync(CancellationToken cancellationToken)
    {
        var (begun, now) = (_time.GetTimestamp(), _time.GetUtcNow());
        if (_readAt is null)
        {
            foreach (var (pool, owner, gpuSeconds, at) in await Usage.AllAsync(cancellationToken))
            {
                Dispatcher.Load(pool, (scheduler, _) => scheduler.SetUsage(owner, gpuSeconds, at));
            }
        }
        await ReadNodesAsync(cancellationToken);
        var live = await Attempts.LiveAsync(cancellationToken);
        foreach (var record in live)
        {
            Know(record);
        }
        await ForgetGoneAsync(live, now, cancellationToken);
        (_readAt, _readAllAt, _readTo) = (begun, begun, now);
    }

    // A known attempt that is not among the live ones ended meanwhile, or is just being changed.
    private async Task ForgetGoneAsync(
        List<AttemptRecord> live,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var found = live.Select(record => record.RunId).ToHashSet();
        List<AttemptRecord> gone;
        lock (_telling)
        {
            gone = [.. _known.Values.Where(each => !found.Contains(each.RunId) && each.Revision < now.UtcTicks)];
        }
        foreach (var record in gone)
        {
            if (record.EndedAt is null)
            {
                Correct(record.RunId, await Attempts.FindAsync(record.RunId, cancellationToken));
            }
            else
            {
                Forget(record.RunId);
            }
        }
    }

    private Task ReadNewNodesAsync(IEnumerable<string> nodes, CancellationToken cancellationToken) =>
        nodes.All(_readNodes.Contains) ? Task.CompletedTask : ReadNodesAsync(cancellationToken);

    private async Task ReadNodesAsync(CancellationToken cancellationToken)
    {
        _readNodesAt = _time.GetTimestamp();
        var now = _time.GetUtcNow();
        var nodes = await Nodes.AllAsync(cancellationToken);
        _readNodes = [.. nodes.Select(node => node.Name)];
        foreach (var node in nodes)
        {
            Dispatcher.Load(
                node.Pool,
                (scheduler, _) => scheduler.See(NodeOffers.Sighting(node.ToPoolNode(leasedSlots: 0, now)))
            );
        }
    }
}
