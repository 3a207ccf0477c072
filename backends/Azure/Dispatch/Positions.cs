using Trainyard.Core.Pools;
using Trainyard.Core.Runs;

namespace Trainyard.Backends.Dispatch;

/// <summary>Says of queued runs where they stand.</summary>
internal sealed class Positions(AttemptTable attempts, NodeRows nodes)
{
    private static readonly string[] KeyOnly = ["RowKey"];

    public async Task<QueuePosition?> FindAsync(RunId id, DateTimeOffset seenSince, CancellationToken cancellationToken)
    {
        if (await attempts.FindAsync(id, cancellationToken) is not { State: AttemptState.Queued } record)
            return null;
        var pool = await nodes.SeenSinceAsync(record.Pool, seenSince, attempts, cancellationToken);
        pool.RemoveAll(node => node.IsRetired || node.Slots == 0);
        var leased = await attempts.LeasedSlotsAsync(cancellationToken);
        return new QueuePosition
        {
            Ahead = await AheadOfAsync(record, cancellationToken),
            NeededGpus = record.Gpus,
            FreeSlots = pool.Sum(node => Math.Max(0, node.Slots - leased.GetValueOrDefault(node.Name))),
            LargestNode = pool.Count == 0 ? 0 : pool.Max(node => node.Slots),
            Nodes = pool.Count,
            CpuOnly = pool.Count > 0 && pool.TrueForAll(node => node.Gpus == 0),
        };
    }

    private async Task<int> AheadOfAsync(AttemptRecord record, CancellationToken cancellationToken)
    {
        var (first, own) = (DispatchKeys.Queue(record.Pool), DispatchKeys.Place(record));
        var ahead = 0;
        await foreach (var _ in attempts.Between(first, own, cancellationToken, columns: KeyOnly))
            ahead++;
        return ahead;
    }
}
