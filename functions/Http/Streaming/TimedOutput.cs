using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Stores;
using Trainyard.Functions.Http.Records;

namespace Trainyard.Functions.Http.Streaming;

/// <summary>Reads a log by the times of its lines.</summary>
internal sealed class TimedOutput(IBlobStore blobs, RunId id, int learner)
{
    private readonly LogClock _clock = new(blobs, RunBlobs.LogTimes(id, learner));

    /// <summary>
    /// Whether the log has line times, or is still empty. Logs of older versions of the service have no times.
    /// </summary>
    public async Task<bool> HasTimesAsync(CancellationToken cancellationToken) =>
        await BytesOfAsync(RunBlobs.LogTimes(id, learner), cancellationToken) > 0
        || await BytesOfAsync(RunBlobs.Log(id, learner), cancellationToken) == 0;

    /// <summary>An offset at or before the first line since that time.</summary>
    public Task<long> FindStartAsync(long sinceMs, CancellationToken cancellationToken) =>
        _clock.FindAsync(sinceMs, cancellationToken);

    public async Task<IOutputWriter> FilterAsync(
        IOutputWriter inner,
        OutputQuery query,
        long offset,
        CancellationToken cancellationToken
    ) => new TimedLinesWriter(inner, _clock, query, await BeginsLineAsync(offset, cancellationToken));

    private async Task<bool> BeginsLineAsync(long offset, CancellationToken cancellationToken)
    {
        if (offset == 0)
        {
            return true;
        }
        var before = new byte[1];
        await using var content = await blobs.OpenReadAsync(
            RunBlobs.Log(id, learner),
            offset - 1,
            1,
            cancellationToken
        );
        return content is not null && await content.ReadAsync(before, cancellationToken) == 1 && before[0] == '\n';
    }

    private async Task<long> BytesOfAsync(BlobName name, CancellationToken cancellationToken) =>
        (await blobs.FindAsync(name, cancellationToken))?.Bytes ?? 0;
}
