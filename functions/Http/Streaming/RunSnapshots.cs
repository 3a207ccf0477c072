using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>A run and the length of its output, which was read after the run.</summary>
internal sealed record RunSnapshot(TrainingRun Run, RunStatusResource Status, long OutputBytes);

/// <summary>
/// Shares the reads that followers repeat: the run and output length once for all followers of an output, and the queue
/// once for all runs that wait in it.
/// </summary>
public sealed class RunSnapshots(IRunStore runs, IBlobStore blobs, IPoolLoad loads, PoolOptions pool, TimeProvider time)
{
    // Followers look every 200 ms, at different moments.
    private static readonly TimeSpan SnapshotsGoodFor = TimeSpan.FromMilliseconds(150);

    // A run waits in the queue for far longer than this.
    private static readonly TimeSpan PositionsGoodFor = TimeSpan.FromSeconds(2);

    private readonly OutputSignals _signals = new();
    private readonly SharedReads<BlobName, RunSnapshot?> _snapshots = new(time, SnapshotsGoodFor);
    private readonly SharedReads<string, QueuePositions> _positions = new(time, PositionsGoodFor);

    /// <summary>The run as of now or a moment ago; null when it is gone.</summary>
    internal Task<RunSnapshot?> GetAsync(RunId id, BlobName output, CancellationToken cancellationToken) =>
        _snapshots.GetAsync(output, () => ReadAsync(id, output), cancellationToken);

    /// <summary>Completes when more of an output arrives through this process after this call.</summary>
    internal Task NextAsync(BlobName output) => _signals.NextAsync(output);

    /// <summary>Reports that an output has grown.</summary>
    internal void Tell(BlobName output)
    {
        _snapshots.Forget(output);
        _signals.Tell(output);
    }

    /// <summary>The run as it is now; null when there is none.</summary>
    internal async Task<RunSnapshot?> ReadAsync(RunId id, BlobName output)
    {
        if ((await runs.GetAsync(id, CancellationToken.None))?.Run is not { } run)
        {
            return null;
        }
        var position =
            run.Phase is RunPhase.Queued ? (await ReadPositionsAsync(pool.PoolOf(run.Manifest))).Find(id) : null;
        var status = run.ToResource(position, time.GetUtcNow()).Entity.Status;
        var bytes = (await blobs.FindAsync(output, CancellationToken.None))?.Bytes ?? 0;
        return new RunSnapshot(run, status, bytes);
    }

    private Task<QueuePositions> ReadPositionsAsync(string name) =>
        _positions.GetAsync(
            name,
            async () =>
                new QueuePositions(await loads.ReadAsync(name, CancellationToken.None), pool, name, time.GetUtcNow()),
            CancellationToken.None
        );
}
