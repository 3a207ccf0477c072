using Trainyard.Contracts.Runs;
using Trainyard.Core.Metrics;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Http.Records;

/// <summary>The last metrics of a run, for answers that show the run itself.</summary>
public sealed class RecentMetrics(IBlobStore blobs)
{
    // Room for some thousand records; all of them have a route of their own.
    private const int TailBytes = 256 * 1024;

    internal Task<IReadOnlyList<MetricRecord>> ReadAsync(TrainingRun run, CancellationToken cancellationToken) =>
        ReadAsync(run.Id, cancellationToken);

    internal Task<IReadOnlyList<MetricRecord>> ReadAsync(RunId run, CancellationToken cancellationToken) =>
        LastRecords.ReadAsync(blobs, run, TailBytes, cancellationToken);
}
