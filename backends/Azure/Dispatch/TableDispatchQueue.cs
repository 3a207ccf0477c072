using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Trainyard.Backends.Azure.Tables;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>
/// The queue in one partition of a table. Every change is a transaction that fails when somebody else was faster, and is
/// then decided again on what is there now. A waiting node looks every second.
/// </summary>
internal sealed class TableDispatchQueue(TableClient table, TimeProvider time, IOptions<PoolOptions> options)
    : IDispatchQueue,
        IDisposable
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly LeaseClock _clock = new(time, options.Value.LeaseDuration);
    private readonly LeaseWaiting _waiting = new(time, LookAgain);
    private readonly AttemptTable _attempts = new(table);
    private readonly NodeRows _nodes = new(table);
    private readonly Leasing _leasing = new(new AttemptTable(table), new NodeRows(table));
    private readonly EndedAttemptPurge _purge = new(new AttemptTable(table));

    public async Task EnqueueAsync(DispatchEntry entry, CancellationToken cancellationToken)
    {
        await ChangeAsync(() => TryEnqueueAsync(entry, cancellationToken), cancellationToken);
        if (entry.Delay > TimeSpan.Zero)
        {
            _waiting.WakeAfter(entry.Delay);
        }
    }

    public Task<Lease?> LeaseAsync(NodeOffer offer, TimeSpan wait, CancellationToken cancellationToken) =>
        _waiting.WaitAsync(
            offer.Node,
            wait,
            async isLatest =>
            {
                await _nodes.SeeAsync(offer, time.GetUtcNow(), cancellationToken);
                return await _leasing.LookAsync(offer, isLatest, Moment, cancellationToken);
            },
            cancellationToken
        );

    public async Task<LeaseStatus> RenewAsync(LeaseKey lease, TimeSpan? extend, CancellationToken cancellationToken)
    {
        if (extend is not { } by)
        {
            return StatusOf(await FindHeldAsync(lease, cancellationToken));
        }
        var renewed = await Conflicts.RetryAsync(() => ExtendAsync(lease, by, cancellationToken), cancellationToken);
        await _nodes.SeeBusyAsync(renewed.Node!, time.GetUtcNow(), cancellationToken);
        return StatusOf(renewed);
    }

    public async Task FinishAsync(RunId id, int attempt, CancellationToken cancellationToken)
    {
        await ChangeAsync(() => TryFinishAsync(id, attempt, cancellationToken), cancellationToken);
        if (_purge.IsDue(time.GetUtcNow()))
        {
            await _purge.PurgeAsync(time.GetUtcNow() - LeaseRules.Memory, cancellationToken);
            await _nodes.ForgetAsync(time.GetUtcNow() - LeaseRules.Memory, _attempts, cancellationToken);
        }
    }

    public Task ForgetAsync(RunId id, CancellationToken cancellationToken) =>
        Conflicts.RetryAsync(() => TryForgetAsync(id, cancellationToken), cancellationToken);

    public Task<CancelOutcome> CancelAsync(RunId id, int attempt, CancellationToken cancellationToken) =>
        ChangeAsync(() => TryCancelAsync(id, attempt, cancellationToken), cancellationToken);

    public async Task<IReadOnlyList<LostLease>> TakeExpiredAsync(CancellationToken cancellationToken)
    {
        _clock.Look();
        var expired = _clock.Expired;
        var lost = new List<LostLease>();
        await foreach (var row in _attempts.Rows(DispatchKeys.Leases, cancellationToken))
        {
            var lease = LeaseRow.Read(row);
            if (lease.IsLost || (IsOver(lease.ExpiresAt, expired) && await LoseAsync(lease, cancellationToken)))
            {
                lost.Add(new LostLease(lease.RunId, lease.Attempt, lease.Node));
            }
        }
        return lost;
    }

    public void Dispose() => _leasing.Dispose();

    private LeaseMoment Moment()
    {
        var duration = options.Value.LeaseDuration;
        var now = time.GetUtcNow();
        return new(now, _clock.Now + duration, _clock.Expired.UpTo, now - LeaseRules.SeenLately(duration));
    }

    private static bool IsOver(long expiresAt, (DateTimeOffset UpTo, DateTimeOffset Beyond) expired) =>
        expiresAt <= expired.UpTo.UtcTicks || expiresAt > expired.Beyond.UtcTicks;

    private async Task<T> ChangeAsync<T>(Func<Task<T>> change, CancellationToken cancellationToken)
    {
        var result = await Conflicts.RetryAsync(change, cancellationToken);
        _waiting.Wake();
        return result;
    }

    private async Task<bool> TryEnqueueAsync(DispatchEntry entry, CancellationToken cancellationToken)
    {
        var before = await _attempts.FindAsync(entry.RunId, cancellationToken);
        if (before?.Attempt >= entry.Attempt)
        {
            return false;
        }
        var due = time.GetUtcNow() + entry.Delay;
        var queued = new AttemptRecord
        {
            RunId = entry.RunId,
            Attempt = entry.Attempt,
            Sequence = before?.Sequence ?? 0,
            Age = before?.Age ?? 0,
            State = AttemptState.Queued,
            Pool = entry.Pool,
            Needs = entry.Needs,
            Owner = entry.Owner.ToString(),
            Priority = entry.Priority,
            NotBefore = entry.Delay > TimeSpan.Zero ? due.UtcTicks : null,
            Avoided = before?.Avoided,
            AvoidUntil = (due + RetryDelays.AvoidFor).UtcTicks,
        };
        await SaveAsync(before, queued, cancellationToken);
        return true;
    }

    private async Task<AttemptRecord> ExtendAsync(LeaseKey lease, TimeSpan by, CancellationToken cancellationToken)
    {
        var held = await FindHeldAsync(lease, cancellationToken);
        var renewed = held with { ExpiresAt = (_clock.Now + by).UtcTicks, Renewed = true };
        await _attempts.ChangeAsync(held, renewed, cancellationToken);
        return renewed;
    }

    private async Task<AttemptRecord> FindHeldAsync(LeaseKey lease, CancellationToken cancellationToken)
    {
        var record = await _attempts.FindAsync(lease.RunId, cancellationToken);
        var isHeld =
            record is { State: AttemptState.Leased }
            && record.Attempt == lease.Attempt
            && record.ExpiresAt > _clock.Expired.UpTo.UtcTicks
            && LeaseToken.Matches(lease.Token, record.TokenHash);
        return isHeld ? record! : throw new LeaseLostException(lease.RunId, lease.Attempt);
    }

    private static LeaseStatus StatusOf(AttemptRecord record) =>
        new(record.Expiry, record.CancelRequested, record.Node!);

    // Also an attempt that was never enqueued: a late enqueue must find it ended.
    private async Task<bool> TryFinishAsync(RunId id, int attempt, CancellationToken cancellationToken)
    {
        var before = await _attempts.FindAsync(id, cancellationToken);
        if (before?.Attempt > attempt)
        {
            return false;
        }
        var known =
            before
            ?? new AttemptRecord
            {
                RunId = id,
                Attempt = attempt,
                Sequence = 0,
                State = AttemptState.Queued,
            };
        await SaveAsync(before, Ended(known with { Attempt = attempt }, AttemptState.Finished), cancellationToken);
        return true;
    }

    private async Task<bool> TryForgetAsync(RunId id, CancellationToken cancellationToken)
    {
        if (await _attempts.FindAsync(id, cancellationToken) is not { EndedAt: not null } ended)
        {
            return false;
        }
        await _attempts.ForgetAsync(ended, cancellationToken);
        return true;
    }

    private AttemptRecord Ended(AttemptRecord record, AttemptState state) =>
        record with
        {
            State = state,
            TokenHash = null,
            EndedAt = time.GetUtcNow().UtcTicks,
        };

    private Task SaveAsync(AttemptRecord? before, AttemptRecord after, CancellationToken cancellationToken) =>
        before is null
            ? _attempts.AddAsync(after, cancellationToken)
            : _attempts.ChangeAsync(before, after, cancellationToken);

    private async Task<CancelOutcome> TryCancelAsync(RunId id, int attempt, CancellationToken cancellationToken)
    {
        var record = await _attempts.FindAsync(id, cancellationToken);
        if (record?.Attempt != attempt)
        {
            return CancelOutcome.NotFound;
        }
        switch (record.State)
        {
            case AttemptState.Queued:
                await _attempts.ChangeAsync(record, Ended(record, AttemptState.Removed), cancellationToken);
                return CancelOutcome.Removed;
            // Asked again because the first answer was lost.
            case AttemptState.Removed:
                return CancelOutcome.Removed;
            case AttemptState.Leased:
                await _attempts.ChangeAsync(record, record with { CancelRequested = true }, cancellationToken);
                return CancelOutcome.Signaled;
            default:
                return CancelOutcome.NotFound;
        }
    }

    private Task<bool> LoseAsync(LeaseRow lease, CancellationToken cancellationToken) =>
        Conflicts.RetryAsync(
            async () =>
            {
                var record = await _attempts.FindAsync(lease.RunId, cancellationToken);
                if (record?.Attempt != lease.Attempt)
                {
                    return false;
                }
                if (record.State is AttemptState.Leased && IsOver(record.ExpiresAt!.Value, _clock.Expired))
                {
                    await _attempts.ChangeAsync(record, Leasing.Lost(record), cancellationToken);
                }
                else
                {
                    return record.State is AttemptState.Lost;
                }
                return true;
            },
            cancellationToken
        );
}
