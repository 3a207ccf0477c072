using Microsoft.Extensions.Options;
using Trainyard.Backends.Sqlite;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Backends.Dispatch;

/// <summary>The queue in two tables, with the dispatcher that decides in memory.</summary>
internal sealed class SqliteDispatchQueue(SqlitePool pool, TimeProvider time, IOptions<PoolOptions> options)
    : IDispatchQueue
{
    private readonly LeaseClock _clock = new(time, options.Value.LeaseDuration);

    public async Task EnqueueAsync(DispatchEntry entry, CancellationToken cancellationToken)
    {
        await ChangeAsync(
            entry.RunId,
            session => AttemptChanges.Enqueue(session, entry, time.GetUtcNow()),
            cancellationToken
        );
        if (entry.Delay > TimeSpan.Zero)
        {
            pool.Dispatcher.DecideAfter(entry.Pool, entry.Delay);
        }
    }

    public Task<Lease?> LeaseAsync(NodeOffer offer, TimeSpan wait, CancellationToken cancellationToken) =>
        pool.Dispatcher.WaitAsync(
            offer,
            wait,
            new SqliteLeases(pool, _clock, options.Value.LeaseDuration, time),
            cancellationToken
        );

    public Task<LeaseStatus> RenewAsync(LeaseKey lease, TimeSpan? extend, CancellationToken cancellationToken) =>
        extend is { } by
            ? pool.WriteAsync(session => Extend(session, lease, by), cancellationToken)
            : Task.FromResult(
                pool.Read(session =>
                {
                    var (row, held) = FindHeld(session, lease);
                    return StatusOf(row, held);
                })
            );

    public Task FinishAsync(RunId id, int attempt, int? learner, CancellationToken cancellationToken) =>
        ChangeAsync(id, session => Finish(session, id, attempt, learner), cancellationToken);

    public Task ForgetAsync(RunId id, CancellationToken cancellationToken) =>
        ChangeAsync(id, session => AttemptChanges.Forget(session, id), cancellationToken);

    public Task<CancelOutcome> CancelAsync(RunId id, int attempt, CancellationToken cancellationToken) =>
        ChangeAsync(id, session => Cancel(session, id, attempt), cancellationToken);

    public async Task<IReadOnlyList<LostLease>> TakeExpiredAsync(CancellationToken cancellationToken)
    {
        _clock.Look();
        var lost = await pool.ChangeAsync(
            session =>
            {
                var (upTo, beyond) = _clock.Expired;
                AttemptChanges.LoseAllExpired(session, upTo, beyond);
                return AttemptRow.AllLost(session);
            },
            lost => lost.Select(row => row.RunId),
            cancellationToken
        );
        return [.. lost.Select(row => row.ToLost())];
    }

    public async Task<IReadOnlyList<Preemption>> PreemptAsync(CancellationToken cancellationToken)
    {
        var decided = pool.Dispatcher.Preempt();
        if (decided.Count == 0)
        {
            return [];
        }
        try
        {
            return await pool.WriteAsync(
                session => decided.Where(each => AttemptChanges.Preempt(session, each)).ToList(),
                cancellationToken
            );
        }
        catch
        {
            // None was told, so the next call decides anew.
            pool.Dispatcher.NotPreempted(decided);
            throw;
        }
    }

    public Task SavedAsync(RunId id, int attempt, CancellationToken cancellationToken) =>
        ChangeAsync(id, session => AttemptChanges.Save(session, id, attempt, time.GetUtcNow()), cancellationToken);

    private Task<T> ChangeAsync<T>(RunId id, Func<SqliteSession, T> change, CancellationToken cancellationToken) =>
        pool.ChangeAsync(change, _ => [id], cancellationToken);

    private LeaseStatus Extend(SqliteSession session, LeaseKey lease, TimeSpan by)
    {
        var (row, held) = FindHeld(session, lease);
        var renewed = held with { ExpiresAt = _clock.Now + by };
        LearnerRow.Renew(session, lease.RunId, held.Learner, renewed.ExpiresAt);
        NodeTable.SeeBusy(session, held.Node, time.GetUtcNow());
        pool.Dispatcher.Seen(held.Node);
        return StatusOf(row, renewed);
    }

    private (AttemptRow Row, LearnerRow Held) FindHeld(SqliteSession session, LeaseKey lease) =>
        AttemptRow.Find(session, lease.RunId) is { State: AttemptState.Leased } row
        && row.Attempt == lease.Attempt
        && row.Learners.FirstOrDefault(learner => LeaseToken.Matches(lease.Token, learner.TokenHash)) is { } held
        && held.ExpiresAt > _clock.Expired.UpTo
            ? (row, held)
            : throw new LeaseLostException(lease.RunId, lease.Attempt);

    private static LeaseStatus StatusOf(AttemptRow row, LearnerRow held) =>
        new(held.ExpiresAt, row.CancelRequested, held.Node)
        {
            Learner = held.Learner,
            Learners = row.Nodes,
            Preemption = row.Preemption,
        };

    private bool Finish(SqliteSession session, RunId id, int attempt, int? learner)
    {
        var now = time.GetUtcNow();
        var row = AttemptRow.Find(session, id);
        if (row is { State: AttemptState.Leased or AttemptState.Lost } && row.Attempt == attempt)
        {
            var others = row.Learners.Count(other => other.Learner != learner);
            if (learner is { } one && others > 0)
            {
                return EndLearner(session, row, one, now);
            }
            UsageTable.Add(session, row, row.Learners.Count, pool.Scheduling, now);
        }
        AttemptChanges.End(session, id, attempt, AttemptState.Finished, now);
        AttemptChanges.Forget(session, now - LeaseRules.Memory);
        NodeTable.Forget(session, now - LeaseRules.Memory);
        return true;
    }

    private bool EndLearner(SqliteSession session, AttemptRow row, int learner, DateTimeOffset now)
    {
        if (!row.Learners.Any(one => one.Learner == learner))
        {
            return false;
        }
        UsageTable.Add(session, row, nodes: 1, pool.Scheduling, now);
        LearnerRow.End(session, row.RunId, learner);
        return true;
    }

    private CancelOutcome Cancel(SqliteSession session, RunId id, int attempt)
    {
        var row = AttemptRow.Find(session, id);
        if (row?.Attempt != attempt)
        {
            return CancelOutcome.NotFound;
        }
        switch (row.State)
        {
            case AttemptState.Queued:
                AttemptChanges.End(session, id, attempt, AttemptState.Removed, time.GetUtcNow());
                return CancelOutcome.Removed;
            // A repeated call, because the first answer was lost.
            case AttemptState.Removed:
                return CancelOutcome.Removed;
            case AttemptState.Leased:
                AttemptChanges.RequestCancel(session, id);
                return CancelOutcome.Signaled;
            default:
                return CancelOutcome.NotFound;
        }
    }
}
