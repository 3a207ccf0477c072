using Microsoft.AspNetCore.Http;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Runs;

/// <summary>The caller's own runs. Another owner's run counts as not found.</summary>
public sealed class OwnRuns(IRunStore runs, IPoolLoad loads, PoolOptions pool, TimeProvider time)
{
    /// <summary>The run, or null when there is none or it is not the caller's.</summary>
    public async Task<TrainingRun?> FindAsync(HttpRequest request, string runId, CancellationToken cancellationToken)
    {
        var owner = Caller.Of<UserCaller>(request).Owner;
        if (!RunId.TryParse(runId, out var id))
        {
            return null;
        }
        var run = (await runs.GetAsync(id, cancellationToken))?.Run;
        return run?.Owner == owner && run.DeletedAt is null ? run : null;
    }

    /// <summary>
    /// A page of the caller's runs, newest first. Deleted runs are left out, so a page may be shorter.
    /// </summary>
    public async Task<RunPage> ListAsync(
        HttpRequest request,
        int pageSize,
        string? continuation,
        IReadOnlyList<RunPhase>? phases,
        CancellationToken cancellationToken
    )
    {
        var query = new RunQuery
        {
            Owner = Caller.Of<UserCaller>(request).Owner,
            Phases = phases,
            PageSize = pageSize,
            Continuation = continuation,
        };
        var page = await runs.QueryAsync(query, cancellationToken);
        return page with { Runs = [.. page.Runs.Where(run => run.DeletedAt is null)] };
    }

    /// <summary>The run as the API shows it to its owner.</summary>
    public async Task<RunResource> ToResourceAsync(TrainingRun run, CancellationToken cancellationToken) =>
        (await ToResourcesAsync([run], cancellationToken))[0];

    private string PoolOf(TrainingRun run) => pool.PoolOf(run.Manifest);

    /// <summary>
    /// The runs as the API shows them to their owner. Reads each pool's queue once, however many runs wait in it.
    /// </summary>
    public async Task<IReadOnlyList<RunResource>> ToResourcesAsync(
        IReadOnlyList<TrainingRun> own,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var positions = new Dictionary<string, QueuePositions>();
        foreach (var name in own.Where(run => run.Phase is RunPhase.Queued).Select(PoolOf).Distinct())
        {
            var load = await loads.ReadAsync(name, cancellationToken);
            positions[name] = new QueuePositions(load, pool, name, now);
        }
        return [.. own.Select(run => run.ToResource(positions.GetValueOrDefault(PoolOf(run))?.Find(run.Id), now))];
    }
}
