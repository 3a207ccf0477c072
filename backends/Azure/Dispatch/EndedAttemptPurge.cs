using Trainyard.Backends.Azure.Tables;
using Trainyard.Contracts.Runs;

namespace Trainyard.Backends.Azure.Dispatch;

/// <summary>Deletes attempts that ended so long ago that no call about them can be repeated any more.</summary>
internal sealed class EndedAttemptPurge(AttemptTable attempts)
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private long _nextAt;

    /// <summary>Returns true once an hour, to one caller only.</summary>
    public bool IsDue(DateTimeOffset now)
    {
        var next = Interlocked.Read(ref _nextAt);
        return now.UtcTicks >= next
            && Interlocked.CompareExchange(ref _nextAt, (now + Interval).UtcTicks, next) == next;
    }

    public async Task PurgeAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken)
    {
        var end = DispatchKeys.End(endedBefore.UtcTicks);
        foreach (var partition in DispatchKeys.AttemptPartitions)
        {
            await foreach (var row in attempts.Between(partition, DispatchKeys.Ends, end, cancellationToken))
            {
                var id = RunId.Parse(row.GetString(nameof(AttemptRecord.RunId)));
                if (await attempts.FindAsync(id, cancellationToken) is { EndedAt: not null } record)
                {
                    await TryForgetAsync(record, cancellationToken);
                }
            }
        }
    }

    // On a conflict another process deleted the attempt or a new attempt began; the next purge looks again.
    private async Task TryForgetAsync(AttemptRecord record, CancellationToken cancellationToken)
    {
        try
        {
            await attempts.ForgetAsync(record, cancellationToken);
        }
        catch (ConflictException) { }
    }
}
