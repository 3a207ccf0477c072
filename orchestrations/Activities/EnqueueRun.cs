using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Matching;
using Trainyard.Core.Runs;
using Trainyard.Manifests.Frameworks;

namespace Trainyard.Orchestrations.Activities;

public sealed record EnqueueRunRequest
{
    public required RunId RunId { get; init; }

    /// <summary>The attempt number, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>How many nodes the attempt gets at once.</summary>
    public int Learners { get; init; } = 1;

    /// <summary>How long the attempt waits in the queue before a node may take it.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>That the attempt before gave way, and to whom; null when it ended in another way.</summary>
    public string? GaveWay { get; init; }
}

/// <summary>
/// Puts an attempt into the pool's dispatch queue. The queue ignores an attempt that it has already seen.
/// </summary>
public sealed class EnqueueRun(
    RunProgress progress,
    IDispatchQueue queue,
    FrameworkCatalog frameworks,
    SimilarRuns likeRuns,
    PoolOptions pool
)
{
    [Function(nameof(EnqueueRun))]
    public async Task RunAsync([ActivityTrigger] EnqueueRunRequest request, CancellationToken cancellationToken)
    {
        var run = await progress.BeginAttemptAsync(
            request.RunId,
            request.Attempt,
            run => ReasonOf(request, run),
            cancellationToken,
            request.Learners
        );
        if (run is null)
        {
            return;
        }
        using var span = run.StartSpan(nameof(EnqueueRun));
        var entry = new DispatchEntry
        {
            RunId = run.Id,
            Attempt = request.Attempt,
            Pool = pool.PoolOf(run.Manifest),
            Needs = RunNeeds.Of(run.Manifest, frameworks, pool.Relaxations),
            Nodes = request.Learners,
            Owner = run.Owner,
            Delay = request.Delay,
            MaxDuration = run.Manifest.MaxDuration,
            Expected = await likeRuns.ExpectedAsync(run, cancellationToken),
            Priority = (int)run.Manifest.Priority,
            IsPreemptible = run.Manifest.Preemptible,
        };
        await queue.EnqueueAsync(entry, cancellationToken);
    }

    private static RunReason? ReasonOf(EnqueueRunRequest request, TrainingRun run) =>
        request switch
        {
            { Attempt: 1 } => null,
            { GaveWay: { } gaveWay } => RunReason.Capacity(
                RunReason.PreemptedCode,
                run.Manifest.Checkpoint is null
                    ? $"{gaveWay}; begins anew, for it keeps no checkpoint"
                    : $"{gaveWay}; goes on from its last checkpoint"
            ),
            _ => RunReason.System("retry", $"attempt {request.Attempt}, after the one before ended badly"),
        };
}
