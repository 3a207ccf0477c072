using Microsoft.AspNetCore.Http;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Experiments;
using Trainyard.Core.Runs;
using Trainyard.Functions.Http.Records;
using Trainyard.Functions.Http.Wml;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Experiments;

/// <summary>The caller's own experiments and their runs. Another owner's count as not found.</summary>
public sealed class OwnExperiments(
    IRecordStore<Experiment> experiments,
    IRecordStore<ExperimentRun> records,
    IRunStore runs,
    RecentMetrics recent
)
{
    private const int AtOnce = 16;

    // Clients read the metrics of training runs without a search from this answer. Bounds the reads per answer.
    private const int MostWithMetrics = 50;

    public async Task<Experiment?> FindAsync(HttpRequest request, string id, CancellationToken cancellationToken) =>
        Guid.TryParse(id, out var known)
            ? (await experiments.GetAsync(Caller.Of<UserCaller>(request).Owner, known, cancellationToken))?.Record
            : null;

    /// <summary>A run of this experiment, or null.</summary>
    public async Task<ExperimentRun?> FindRunAsync(
        HttpRequest request,
        string experimentId,
        string id,
        CancellationToken cancellationToken
    )
    {
        if (!Guid.TryParse(id, out var known) || !Guid.TryParse(experimentId, out var parent))
        {
            return null;
        }
        var run = (await records.GetAsync(Caller.Of<UserCaller>(request).Owner, known, cancellationToken))?.Record;
        return run?.ExperimentId == parent && run.DeletedAt is null ? run : null;
    }

    public Task<RecordPage<Experiment>> ListAsync(
        HttpRequest request,
        int limit,
        CancellationToken cancellationToken
    ) => experiments.QueryAsync(QueryOf(request, limit, parent: null), cancellationToken);

    /// <summary>A page of an experiment's runs. Deleted runs are left out, so a page may be shorter.</summary>
    public async Task<RecordPage<ExperimentRun>> ListRunsAsync(
        HttpRequest request,
        Experiment experiment,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var page = await records.QueryAsync(QueryOf(request, limit, experiment.Id), cancellationToken);
        return page with { Records = [.. page.Records.Where(run => run.DeletedAt is null)] };
    }

    public async Task<ExperimentRunResource> ToResourceAsync(
        HttpRequest request,
        ExperimentRun run,
        CancellationToken cancellationToken
    )
    {
        var live = await LiveAsync(run, cancellationToken);
        var metrics = new Dictionary<RunId, IReadOnlyList<MetricResource>>();
        foreach (
            var trial in run.References.Where(r => r.Search is null).SelectMany(r => r.Trials).Take(MostWithMetrics)
        )
        {
            metrics[trial.RunId] = [.. (await recent.ReadAsync(trial.RunId, cancellationToken)).Select(RunForms.Of)];
        }
        return run.ToResource(ServiceAddress.Of(request, PathOf(run)), live, metrics);
    }

    public static string PathOf(ExperimentRun run) => $"{Routes.Experiments}/{run.ExperimentId}/runs/{run.Id}";

    /// <summary>The current state of the experiment run's training runs that have not ended.</summary>
    public async Task<Dictionary<RunId, TrainingRun>> LiveAsync(ExperimentRun run, CancellationToken cancellationToken)
    {
        var live = new Dictionary<RunId, TrainingRun>();
        foreach (var some in run.Trials.Where(t => t.Phase is null).Chunk(AtOnce))
        {
            var read = await Task.WhenAll(some.Select(t => runs.GetAsync(t.RunId, cancellationToken)));
            foreach (var found in read.OfType<VersionedRun>())
            {
                live[found.Run.Id] = found.Run;
            }
        }
        return live;
    }

    private static RecordQuery QueryOf(HttpRequest request, int limit, Guid? parent) =>
        new()
        {
            Owner = Caller.Of<UserCaller>(request).Owner,
            ParentId = parent,
            PageSize = limit,
            Continuation = request.Query["continuation"],
        };
}
