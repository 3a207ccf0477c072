using Microsoft.AspNetCore.Http;
using Trainyard.Core.Contracts;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Functions.Middleware;

namespace Trainyard.Functions.Http;

/// <summary>The caller's own runs. Another owner's run is not there.</summary>
public sealed class OwnRuns(IRunStore runs, IDispatchQueue queue, TimeProvider time)
{
    /// <summary>The run, or null when there is none or it is not the caller's.</summary>
    public async Task<TrainingRun?> FindAsync(HttpRequest request, string runId, CancellationToken cancellationToken)
    {
        var owner = Caller.Of<UserCaller>(request).Owner;
        if (!RunId.TryParse(runId, out var id))
            return null;
        var run = (await runs.GetAsync(id, cancellationToken))?.Run;
        return run?.Owner == owner ? run : null;
    }

    /// <summary>A run as its owner gets to see it.</summary>
    public async Task<RunResource> ToResourceAsync(TrainingRun run, CancellationToken cancellationToken)
    {
        var position = run.Phase is RunPhase.Queued ? await queue.FindPositionAsync(run.Id, cancellationToken) : null;
        return run.ToResource(position, time.GetUtcNow());
    }
}
