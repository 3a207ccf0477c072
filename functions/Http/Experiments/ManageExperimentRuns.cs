using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Trainyard.Contracts;
using Trainyard.Core.Experiments;
using Trainyard.Functions.Experiments;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http.Experiments;

/// <summary>/v3/experiments/{id}/runs: runs of an experiment.</summary>
public sealed class ManageExperimentRuns(
    OwnExperiments own,
    ExperimentStart start,
    ExperimentEnding ending,
    ExperimentOrchestrations orchestrations,
    IRecordStore<ExperimentRun> records,
    TimeProvider time
)
{
    private static readonly string[] StatePaths =
    [
        "/status/state",
        "/experiment_run_status/state",
        "/entity/experiment_run_status/state",
    ];

    [Function("WmlStartExperimentRun")]
    public async Task<IResult> StartAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.ExperimentRuns)] HttpRequest request,
        string experimentId,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        if (await own.FindAsync(request, experimentId, cancellationToken) is not { } experiment)
        {
            return ExperimentAnswers.NotFound;
        }
        var (run, problems) = await start.StartAsync(experiment, cancellationToken);
        if (run is null)
        {
            return ExperimentAnswers.Refused(problems);
        }
        // If this start is cut short, a timer repeats it: the record says that the run goes on.
        await orchestrations.StartAsync(client, run, CancellationToken.None);
        request.HttpContext.Response.Headers.Location = ServiceAddress.Of(request, OwnExperiments.PathOf(run));
        return Answers.Json(await own.ToResourceAsync(request, run, cancellationToken));
    }

    [Function("WmlExperimentRuns")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.ExperimentRuns)] HttpRequest request,
        string experimentId,
        CancellationToken cancellationToken
    )
    {
        if (!Paging.TryReadLimit(request, out var limit))
        {
            return Paging.InvalidLimit;
        }
        if (await own.FindAsync(request, experimentId, cancellationToken) is not { } experiment)
        {
            return ExperimentAnswers.NotFound;
        }
        var page = await own.ListRunsAsync(request, experiment, limit, cancellationToken);
        var resources = new List<ExperimentRunResource>();
        foreach (var run in page.Records)
        {
            resources.Add(await own.ToResourceAsync(request, run, cancellationToken));
        }
        return Paging.Page(request, resources, $"{Routes.Experiments}/{experiment.Id}/runs", limit, page.Continuation);
    }

    [Function("WmlExperimentRun")]
    public async Task<IResult> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.ExperimentRun)] HttpRequest request,
        string experimentId,
        string experimentRunId,
        CancellationToken cancellationToken
    ) =>
        await own.FindRunAsync(request, experimentId, experimentRunId, cancellationToken) is { } run
            ? Answers.Json(await own.ToResourceAsync(request, run, cancellationToken))
            : ExperimentAnswers.RunNotFound;

    [Function("WmlCancelExperimentRun")]
    public async Task<IResult> CancelAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = Routes.ExperimentRun)] HttpRequest request,
        string experimentId,
        string experimentRunId,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        if (await own.FindRunAsync(request, experimentId, experimentRunId, cancellationToken) is not { } run)
        {
            return ExperimentAnswers.RunNotFound;
        }
        var body = await Answers.ReadAsync<JsonElement>(request, cancellationToken);
        var patch = body.Deserialize<List<JsonPatchOperation>>(WireJson.Options) ?? [];
        if (
            patch is not [{ Op: "replace", Value: "canceled" or "cancelled" } operation]
            || !StatePaths.Contains(operation.Path)
        )
        {
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                "unsupported_patch",
                """Only [{"op":"replace","path":"/status/state","value":"canceled"}] is supported."""
            );
        }
        if (run.EndedAt is not null)
        {
            return Problems.Of(
                StatusCodes.Status409Conflict,
                "experiment_run_finished",
                $"The run has ended already: {run.State.ToString().ToLowerInvariant()}."
            );
        }
        await EndAsync(
            client,
            run,
            r => r with { CancelRequestedAt = r.CancelRequestedAt ?? time.GetUtcNow() },
            cancellationToken
        );
        return Results.NoContent();
    }

    [Function("WmlDeleteExperimentRun")]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Routes.ExperimentRun)] HttpRequest request,
        string experimentId,
        string experimentRunId,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        if (await own.FindRunAsync(request, experimentId, experimentRunId, cancellationToken) is not { } run)
        {
            return ExperimentAnswers.RunNotFound;
        }
        if (run.EndedAt is not null && await orchestrations.TryPurgeAsync(client, run, cancellationToken))
        {
            await ending.DeleteAsync(run, cancellationToken);
            return Results.NoContent();
        }
        // The run is hidden at once; its training runs are canceled, and a timer deletes the rest.
        var now = time.GetUtcNow();
        await EndAsync(
            client,
            run,
            r => r with { CancelRequestedAt = r.CancelRequestedAt ?? now, DeletedAt = now },
            cancellationToken
        );
        return Results.NoContent();
    }

    private async Task EndAsync(
        DurableTaskClient client,
        ExperimentRun run,
        Func<ExperimentRun, ExperimentRun?> change,
        CancellationToken cancellationToken
    )
    {
        await records.ChangeAsync(run.Owner, run.Id, change, cancellationToken);
        await orchestrations.WakeAsync(client, run, cancellationToken);
    }
}
