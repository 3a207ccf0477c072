using Microsoft.Extensions.Options;
using Trainyard.Backends.Azure.Tables;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Scheduling;
using Trainyard.Core.Runs;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>
/// The queue in a table, spread over its partitions. Every change is a transaction that fails when another writer was
/// faster; the change is then decided again on the current rows.
/// </summary>
internal sealed class TableDispatchQueue(TablePool pool, TimeProvider time, IOptions<PoolOptions> options)
    : IDispatchQueue
{
    private readonly LeaseClock _clock = new(time, options.Value.LeaseDuration);
    private readonly EndedAttemptPurge _purge = new(pool.Attempts);

    public async Task EnqueueAsync(DispatchEntry entry, CancellationToken cancellationToken)
    {
        await ChangeAsync(() => TryEnqueueAsync(entry, cancellationToken), cancellationToken);
        if (entry.Delay > TimeSpan.Zero)
        {
            pool.Dispatcher.DecideAfter(entry.Pool, entry.Delay);
        }
    }

    public async Task<Lease?> LeaseAsync(NodeOffer offer, TimeSpan wait, CancellationToken cancellationToken)
    {
        var leases = new TableLeases(pool, _clock, options.Value.LeaseDuration, time);
        try
        {
            return await pool.Dispatcher.WaitAsync(offer, wait, leases, cancellationToken);
        }
        finally
        {
            pool.Waiting.Leave(offer.Node, leases);
        }
    }

    public async Task<LeaseStatus> RenewAsync(LeaseKey lease, TimeSpan? extend, CancellationToken cancellationToken)
    {
        if (extend is not { } by)
        {
            return StatusOf(await FindHeldAsync(lease, cancellationToken));
        }
        var renewed = await Conflicts.RetryAsync(() => ExtendAsync(lease, by, cancellationToken), cancellationToken);
        pool.Know(renewed.Record);
        pool.Dispatcher.Seen(renewed.Learner.Node);
        await pool.Nodes.SeeBusyAsync(renewed.Learner.Node, cancellationToken);
        return StatusOf(renewed);
    }

    public async Task FinishAsync(RunId id, int attempt, int? learner, CancellationToken cancellationToken)
    {
        await ChangeAsync(() => TryFinishAsync(id, attempt, learner, cancellationToken), cancellationToken);
        if (_purge.IsDue(time.GetUtcNow()))
        {
            await _purge.PurgeAsync(time.GetUtcNow() - LeaseRules.Memory, cancellationToken);
            await pool.Nodes.ForgetAsync(time.GetUtcNow() - LeaseRules.Memory, cancellationToken);
            await pool.PurgeLogAsync(cancellationToken);
        }
    }

    public Task ForgetAsync(RunId id, CancellationToken cancellationToken) =>
        Conflicts.RetryAsync(() => TryForgetAsync(id, cancellationToken), cancellationToken);

    public Task<CancelOutcome> CancelAsync(RunId id, int attempt, CancellationToken cancellationToken) =>
        ChangeAsync(() => TryCancelAsync(id, attempt, cancellationToken), cancellationToken);

    public async Task<IReadOnlyList<LostLease>> TakeExpiredAsync(CancellationToken cancellationToken)
    {
        _clock.Look();
        await pool.CatchUpAsync(cancellationToken);
        var expired = _clock.Expired;
        var lost = new List<LostLease>();
        foreach (var lease in pool.Leases)
        {
            if (lease.State is AttemptState.Lost)
            {
                lost.Add(lease.ToLost());
            }
            else if (FirstOver(lease, expired) is not null && await LoseAsync(lease, cancellationToken) is { } found)
            {
                lost.Add(found.ToLost());
            }
        }
        return [.. lost.OrderBy(each => each.RunId.ToString(), StringComparer.Ordinal)];
    }

    public async Task<IReadOnlyList<Preemption>> PreemptAsync(CancellationToken cancellationToken)
    {
        await pool.CatchUpAsync(cancellationToken);
        var decided = pool.Dispatcher.Preempt();
        var told = new List<Preemption>();
        try
        {
            foreach (var each in decided)
            {
                if (await ChangeAsync(() => TryPreemptAsync(each, cancellationToken), cancellationToken))
                {
                    told.Add(each);
                }
            }
        }
        catch
        {
            // The next call decides anew on those that were not told.
            pool.Dispatcher.NotPreempted(decided.Except(told));
            throw;
        }
        return told;
    }

    public Task SavedAsync(RunId id, int attempt, CancellationToken cancellationToken) =>
        ChangeAsync(() => TrySaveAsync(id, attempt, cancellationToken), cancellationToken);

    private async Task<(bool, AttemptRecord?)> TrySaveAsync(RunId id, int attempt, CancellationToken cancellationToken)
    {
        var record = await pool.Attempts.FindAsync(id, cancellationToken);
        if (record is not { State: AttemptState.Leased, IsPreemptible: true } || record.Attempt != attempt)
        {
            return (false, null);
        }
        var saved = record with { SavedAt = time.GetUtcNow().UtcTicks };
        return (true, await pool.Attempts.ChangeAsync(record, saved, cancellationToken));
    }

    private async Task<(bool, AttemptRecord?)> TryPreemptAsync(
        Preemption preemption,
        CancellationToken cancellationToken
    )
    {
        var record = await pool.Attempts.FindAsync(preemption.RunId, cancellationToken);
        if (record is not { State: AttemptState.Leased, Preemption: null } || record.Attempt != preemption.Attempt)
        {
            return (false, null);
        }
        var told = record with { Preemption = preemption.Order.Write(), Preemptions = record.Preemptions + 1 };
        return (true, await pool.Attempts.ChangeAsync(record, told, cancellationToken));
    }

    private static LearnerRecord? FirstOver(
        AttemptRecord record,
        (DateTimeOffset UpTo, DateTimeOffset Beyond) expired
    ) =>
        record.Learners.FirstOrDefault(learner =>
            learner.ExpiresAt <= expired.UpTo.UtcTicks || learner.ExpiresAt > expired.Beyond.UtcTicks
        );

    private async Task<T> ChangeAsync<T>(
        Func<Task<(T Result, AttemptRecord? Changed)>> change,
        CancellationToken cancellationToken
    )
    {
        await pool.CatchUpAsync(cancellationToken);
        var (result, changed) = await Conflicts.RetryAsync(change, cancellationToken);
        if (changed is not null)
        {
            await pool.ChangedAsync(changed, cancellationToken);
        }
        return result;
    }

    private async Task<(bool, AttemptRecord?)> TryEnqueueAsync(DispatchEntry entry, CancellationToken cancellationToken)
    {
        var before = await pool.Attempts.FindAsync(entry.RunId, cancellationToken);
        if (before?.Attempt >= entry.Attempt)
        {
            // A repeated call. The log entry for the other instances may be missing, so it is written again.
            return (false, before.State is AttemptState.Queued ? before : null);
        }
        var now = time.GetUtcNow();
        var due = now + entry.Delay;
        var queued = new AttemptRecord
        {
            RunId = entry.RunId,
            Attempt = entry.Attempt,
            Sequence = before?.Sequence ?? 0,
            Age = before?.Age ?? 0,
            State = AttemptState.Queued,
            Pool = entry.Pool,
            Needs = entry.Needs,
            Nodes = entry.Nodes,
            Owner = entry.Owner.ToString(),
            Priority = entry.Priority,
            NotBefore = entry.Delay > TimeSpan.Zero ? due.UtcTicks : null,
            Avoided = before?.Avoided,
            AvoidUntil = (due + RetryDelays.AvoidFor).UtcTicks,
            MaxDuration = entry.MaxDuration?.Ticks,
            Expected = entry.Expected?.Ticks,
            IsPreemptible = entry.IsPreemptible,
            Preemptions = before?.Preemptions ?? 0,
            QueuedAt = before?.QueuedAt ?? now.UtcTicks,
            Partition = before?.Partition ?? DispatchKeys.PartitionOf(entry.RunId),
        };
        return (true, await SaveAsync(before, queued, cancellationToken));
    }

    private async Task<HeldLearner> ExtendAsync(LeaseKey lease, TimeSpan by, CancellationToken cancellationToken)
    {
        var (record, held) = await FindHeldAsync(lease, cancellationToken);
        var renewed = held with { ExpiresAt = (_clock.Now + by).UtcTicks, Renewed = true };
        return new HeldLearner(
            await pool.Attempts.ChangeAsync(record, record.With(renewed), cancellationToken),
            renewed
        );
    }

    private async Task<HeldLearner> FindHeldAsync(LeaseKey lease, CancellationToken cancellationToken) =>
        await pool.Attempts.FindAsync(lease.RunId, cancellationToken) is { State: AttemptState.Leased } record
        && record.Attempt == lease.Attempt
        && record.Learners.FirstOrDefault(each => LeaseToken.Matches(lease.Token, each.TokenHash)) is { } learner
        && learner.ExpiresAt > _clock.Expired.UpTo.UtcTicks
            ? new HeldLearner(record, learner)
            : throw new LeaseLostException(lease.RunId, lease.Attempt);

    private static LeaseStatus StatusOf(HeldLearner held) =>
        new(new DateTimeOffset(held.Learner.ExpiresAt, TimeSpan.Zero), held.Record.CancelRequested, held.Learner.Node)
        {
            Learner = held.Learner.Learner,
            Learners = held.Record.Nodes,
            Preemption = PreemptionOrder.Read(held.Record.Preemption),
        };

    // Also ends an attempt that was never enqueued: a late enqueue must find it ended.
    private async Task<(bool, AttemptRecord?)> TryFinishAsync(
        RunId id,
        int attempt,
        int? learner,
        CancellationToken cancellationToken
    )
    {
        var before = await pool.Attempts.FindAsync(id, cancellationToken);
        if (before?.Attempt > attempt)
        {
            return (false, null);
        }
        if (
            learner is { } one
            && before is { State: AttemptState.Leased or AttemptState.Lost }
            && before.Learners.Any(other => other.Learner != one)
        )
        {
            return await TryEndLearnerAsync(before, one, cancellationToken);
        }
        var known =
            before
            ?? new AttemptRecord
            {
                RunId = id,
                Attempt = attempt,
                Sequence = 0,
                State = AttemptState.Queued,
                Partition = DispatchKeys.PartitionOf(id),
            };
        var ended = Ended(known with { Attempt = attempt }, AttemptState.Finished);
        var saved = await SaveAsync(before, ended, cancellationToken);
        if (before is { State: AttemptState.Leased or AttemptState.Lost })
        {
            await pool.Usage.AddAsync(before, before.Learners.Count, time.GetUtcNow(), cancellationToken);
            foreach (var held in before.Learners)
            {
                await pool.Nodes.LetGoAsync(held.Node, id, cancellationToken);
            }
        }
        return (true, saved);
    }

    private async Task<(bool, AttemptRecord?)> TryEndLearnerAsync(
        AttemptRecord before,
        int learner,
        CancellationToken cancellationToken
    )
    {
        if (before.Learners.FirstOrDefault(each => each.Learner == learner) is not { } ended)
        {
            return (false, null);
        }
        var after = before with { Learners = [.. before.Learners.Where(each => each != ended)] };
        var saved = await pool.Attempts.ChangeAsync(before, after, cancellationToken);
        await pool.Usage.AddAsync(before, nodes: 1, time.GetUtcNow(), cancellationToken);
        await pool.Nodes.LetGoAsync(ended.Node, before.RunId, cancellationToken);
        return (true, saved);
    }

    private async Task<bool> TryForgetAsync(RunId id, CancellationToken cancellationToken)
    {
        if (await pool.Attempts.FindAsync(id, cancellationToken) is not { EndedAt: not null } ended)
        {
            return false;
        }
        await pool.Attempts.ForgetAsync(ended, cancellationToken);
        pool.Forget(id);
        return true;
    }

    private AttemptRecord Ended(AttemptRecord record, AttemptState state) =>
        record with
        {
            State = state,
            Learners = [],
            EndedAt = time.GetUtcNow().UtcTicks,
        };

    private Task<AttemptRecord> SaveAsync(
        AttemptRecord? before,
        AttemptRecord after,
        CancellationToken cancellationToken
    ) =>
        before is null
            ? pool.Attempts.AddAsync(after, cancellationToken)
            : pool.Attempts.ChangeAsync(before, after, cancellationToken);

    private async Task<(CancelOutcome, AttemptRecord?)> TryCancelAsync(
        RunId id,
        int attempt,
        CancellationToken cancellationToken
    )
    {
        var record = await pool.Attempts.FindAsync(id, cancellationToken);
        if (record?.Attempt != attempt)
        {
            return (CancelOutcome.NotFound, null);
        }
        switch (record.State)
        {
            case AttemptState.Queued:
                var removed = Ended(record, AttemptState.Removed);
                return (CancelOutcome.Removed, await pool.Attempts.ChangeAsync(record, removed, cancellationToken));
            // A repeated call, because the first answer was lost.
            case AttemptState.Removed:
                return (CancelOutcome.Removed, record);
            case AttemptState.Leased:
                var told = record with { CancelRequested = true };
                return (CancelOutcome.Signaled, await pool.Attempts.ChangeAsync(record, told, cancellationToken));
            default:
                return (CancelOutcome.NotFound, null);
        }
    }

    // The attempt as it was lost; null when it still runs, or has ended.
    private Task<AttemptRecord?> LoseAsync(AttemptRecord lease, CancellationToken cancellationToken) =>
        Conflicts.RetryAsync(
            async () =>
            {
                var record = await pool.Attempts.FindAsync(lease.RunId, cancellationToken);
                if (record is { State: AttemptState.Leased } && FirstOver(record, _clock.Expired) is { } over)
                {
                    record = await pool.Attempts.ChangeAsync(record, record.LostBy(over.Learner), cancellationToken);
                    await pool.ChangedAsync(record, cancellationToken);
                }
                else
                {
                    // Another instance renewed it, or ended it.
                    pool.Correct(lease.RunId, record);
                }
                return record is { State: AttemptState.Lost } && record.Attempt == lease.Attempt ? record : null;
            },
            cancellationToken
        );

    /// <summary>A leased attempt and the learner whose token was shown.</summary>
    private sealed record HeldLearner(AttemptRecord Record, LearnerRecord Learner);
}
