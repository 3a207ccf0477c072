using Microsoft.Extensions.Options;
using Trainyard.Backends.Sqlite;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;

namespace Trainyard.Backends.Dispatch;

/// <summary>The queue in two tables, with a signal inside the process so that a waiting node hears of a run at once.</summary>
internal sealed class SqliteDispatchQueue(SqliteDatabase database, TimeProvider time, IOptions<PoolOptions> options)
    : IDispatchQueue
{
    // The signal wakes waiting nodes; this is for what no signal tells, and keeps a waiting node "seen".
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    private readonly LeaseClock _clock = new(time, options.Value.LeaseDuration);
    private readonly LeaseWaiting _waiting = new(time, LookAgain);

    public async Task EnqueueAsync(DispatchEntry entry, CancellationToken cancellationToken)
    {
        await ChangeAsync(session => AttemptChanges.Enqueue(session, entry, time.GetUtcNow()), cancellationToken);
        if (entry.Delay > TimeSpan.Zero)
        {
            _waiting.WakeAfter(entry.Delay);
        }
    }

    public Task<Lease?> LeaseAsync(NodeOffer offer, TimeSpan wait, CancellationToken cancellationToken) =>
        _waiting.WaitAsync(
            offer.Node,
            wait,
            isLatest => database.WriteAsync(session => isLatest() ? Decide(session, offer) : null, cancellationToken),
            cancellationToken
        );

    public Task<LeaseStatus> RenewAsync(LeaseKey lease, TimeSpan? extend, CancellationToken cancellationToken) =>
        extend is { } by
            ? database.WriteAsync(session => Extend(session, lease, by), cancellationToken)
            : Task.FromResult(database.Read(session => StatusOf(FindHeld(session, lease))));

    public Task FinishAsync(RunId id, int attempt, CancellationToken cancellationToken) =>
        ChangeAsync(session => Finish(session, id, attempt), cancellationToken);

    public Task ForgetAsync(RunId id, CancellationToken cancellationToken) =>
        database.WriteAsync(session => AttemptChanges.Forget(session, id), cancellationToken);

    public Task<CancelOutcome> CancelAsync(RunId id, int attempt, CancellationToken cancellationToken) =>
        ChangeAsync(session => Cancel(session, id, attempt), cancellationToken);

    public async Task<IReadOnlyList<LostLease>> TakeExpiredAsync(CancellationToken cancellationToken)
    {
        _clock.Look();
        var lost = await database.WriteAsync(
            session =>
            {
                var (upTo, beyond) = _clock.Expired;
                AttemptChanges.LoseAllExpired(session, upTo, beyond);
                return AttemptRow.AllLost(session);
            },
            cancellationToken
        );
        return [.. lost.Select(row => new LostLease(row.RunId, row.Attempt, row.Node!))];
    }

    private async Task<T> ChangeAsync<T>(Func<SqliteSession, T> change, CancellationToken cancellationToken)
    {
        var result = await database.WriteAsync(change, cancellationToken);
        _waiting.Wake();
        return result;
    }

    private Lease? Decide(SqliteSession session, NodeOffer offer) =>
        new LeaseDecision(
            session,
            offer,
            time.GetUtcNow(),
            _clock.Expired.UpTo,
            _clock.Now + options.Value.LeaseDuration,
            LeaseRules.SeenLately(options.Value.LeaseDuration)
        ).Decide();

    private LeaseStatus Extend(SqliteSession session, LeaseKey lease, TimeSpan by)
    {
        var row = FindHeld(session, lease);
        var expiry = _clock.Now + by;
        AttemptChanges.Renew(session, lease.RunId, expiry);
        NodeTable.SeeBusy(session, row.Node!, time.GetUtcNow());
        return StatusOf(row with { ExpiresAt = expiry });
    }

    private AttemptRow FindHeld(SqliteSession session, LeaseKey lease)
    {
        var row = AttemptRow.Find(session, lease.RunId);
        var isHeld =
            row is { State: AttemptState.Leased }
            && row.Attempt == lease.Attempt
            && row.ExpiresAt > _clock.Expired.UpTo
            && LeaseToken.Matches(lease.Token, row.TokenHash);
        return isHeld ? row! : throw new LeaseLostException(lease.RunId, lease.Attempt);
    }

    private static LeaseStatus StatusOf(AttemptRow row) => new(row.ExpiresAt!.Value, row.CancelRequested, row.Node!);

    private bool Finish(SqliteSession session, RunId id, int attempt)
    {
        var now = time.GetUtcNow();
        AttemptChanges.End(session, id, attempt, AttemptState.Finished, now);
        AttemptChanges.Forget(session, now - LeaseRules.Memory);
        NodeTable.Forget(session, now - LeaseRules.Memory);
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
            // Asked again because the first answer was lost.
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
