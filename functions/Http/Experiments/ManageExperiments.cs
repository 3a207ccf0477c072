using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Trainyard.Core.Experiments;
using Trainyard.Functions.Experiments;
using Trainyard.Functions.Web;
using Trainyard.Manifests.Text;

namespace Trainyard.Functions.Http.Experiments;

/// <summary>
/// /v3/experiments: experiments, stored before they are run. The body is the manifest, as JSON or YAML.
/// </summary>
public sealed class ManageExperiments(
    OwnExperiments own,
    ExperimentCatalog catalog,
    ExperimentEnding ending,
    ExperimentOrchestrations orchestrations,
    IRecordStore<ExperimentRun> records,
    ManifestLimits limits
)
{
    [Function("WmlCreateExperiment")]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Experiments)] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var text = await BoundedBody.ReadAsync(request, limits.MaxBytes, cancellationToken);
        var result = await catalog.CreateAsync(Caller.Of<UserCaller>(request).Owner, text, cancellationToken);
        if (result.Experiment is not { } experiment)
        {
            return ExperimentAnswers.Refused(result.Problems);
        }
        request.HttpContext.Response.Headers.Location = UrlOf(request, experiment);
        return Answers.Json(experiment.ToResource(UrlOf(request, experiment)), StatusCodes.Status201Created);
    }

    [Function("WmlExperiments")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.Experiments)] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        if (!Paging.TryReadLimit(request, out var limit))
        {
            return Paging.InvalidLimit;
        }
        var page = await own.ListAsync(request, limit, cancellationToken);
        var resources = page.Records.Select(experiment => experiment.ToResource(UrlOf(request, experiment))).ToList();
        return Paging.Page(request, resources, Routes.Experiments, limit, page.Continuation);
    }

    [Function("WmlExperiment")]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.Experiment)] HttpRequest request,
        string experimentId,
        CancellationToken cancellationToken
    ) =>
        await own.FindAsync(request, experimentId, cancellationToken) is { } experiment
            ? Answers.Json(experiment.ToResource(UrlOf(request, experiment)))
            : ExperimentAnswers.NotFound;

    [Function("WmlUpdateExperiment")]
    public async Task<IResult> UpdateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = Routes.Experiment)] HttpRequest request,
        string experimentId,
        CancellationToken cancellationToken
    )
    {
        if (await own.FindAsync(request, experimentId, cancellationToken) is not { } experiment)
        {
            return ExperimentAnswers.NotFound;
        }
        var (patched, problem) = await ExperimentPatch.ReadAsync(
            request,
            experiment,
            limits.MaxBytes,
            cancellationToken
        );
        if (patched is null)
        {
            return problem!;
        }
        var result = await catalog.UpdateAsync(
            experiment,
            patched.Text,
            patched.KeepsData,
            patched.KeepsResults,
            cancellationToken
        );
        return Changed(request, result);
    }

    /// <summary>
    /// PUT: replaces the whole manifest, including stores and credentials. Started runs are not affected.
    /// </summary>
    [Function("WmlReplaceExperiment")]
    public async Task<IResult> ReplaceAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Routes.Experiment)] HttpRequest request,
        string experimentId,
        CancellationToken cancellationToken
    )
    {
        if (await own.FindAsync(request, experimentId, cancellationToken) is not { } experiment)
        {
            return ExperimentAnswers.NotFound;
        }
        var text = await BoundedBody.ReadAsync(request, limits.MaxBytes, cancellationToken);
        var result = await catalog.UpdateAsync(
            experiment,
            text,
            keepsData: false,
            keepsResults: false,
            cancellationToken
        );
        return Changed(request, result);
    }

    [Function("WmlDeleteExperiment")]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Routes.Experiment)] HttpRequest request,
        string experimentId,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        if (await own.FindAsync(request, experimentId, cancellationToken) is not { } experiment)
        {
            return ExperimentAnswers.NotFound;
        }
        var query = new RecordQuery
        {
            Owner = experiment.Owner,
            ParentId = experiment.Id,
            PageSize = 1000,
        };
        var runs = new List<ExperimentRun>();
        do
        {
            var page = await records.QueryAsync(query, cancellationToken);
            runs.AddRange(page.Records);
            query = query with { Continuation = page.Continuation };
        } while (query.Continuation is not null);
        if (runs.Exists(run => run is { EndedAt: null, DeletedAt: null }))
        {
            return Problems.Of(
                StatusCodes.Status409Conflict,
                "experiment_run_not_finished",
                "A run of the experiment has not ended. Delete the run first."
            );
        }
        foreach (var run in runs.Where(run => run.EndedAt is not null))
        {
            // A run that cannot be purged now is deleted by a timer.
            if (await orchestrations.TryPurgeAsync(client, run, cancellationToken))
            {
                await ending.DeleteAsync(run, cancellationToken);
            }
        }
        await catalog.DeleteAsync(experiment, cancellationToken);
        return Results.NoContent();
    }

    private static IResult Changed(HttpRequest request, ExperimentResult result) =>
        result.Experiment is { } changed ? Answers.Json(changed.ToResource(UrlOf(request, changed)))
        : result.Problems.Count == 0 ? ExperimentAnswers.NotFound
        : ExperimentAnswers.Refused(result.Problems);

    private static string UrlOf(HttpRequest request, Experiment experiment) =>
        ServiceAddress.Of(request, $"{Routes.Experiments}/{experiment.Id}");
}
