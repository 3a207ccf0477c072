using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http;

/// <summary>PATCH /v3/models/{id} by JSON Patch: cancels the run, the only supported change.</summary>
public sealed class CancelRun(OwnRuns ownRuns, RunCancellation cancellation)
{
    [Function(nameof(CancelRun))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = Routes.Run)] HttpRequest request,
        string runId,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        var run = await ownRuns.FindAsync(request, runId, cancellationToken);
        if (run is null)
        {
            return Problems.RunNotFound;
        }
        if (
            await ReadPatchAsync(request, cancellationToken)
            is not [{ Op: "replace", Path: "/status/state", Value: "canceled" }]
        )
        {
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                "unsupported_patch",
                """Only [{"op":"replace","path":"/status/state","value":"canceled"}] is supported."""
            );
        }
        if (run.Phase.IsTerminal())
        {
            return Problems.Of(
                StatusCodes.Status409Conflict,
                "run_finished",
                $"The run has ended already: {run.Phase.ToWire()}."
            );
        }
        await cancellation.CancelAsync(client, run, cancellationToken);
        return Results.NoContent();
    }

    // One client of 2018 sends the operation without the list around it.
    private static async Task<IReadOnlyList<JsonPatchOperation>> ReadPatchAsync(
        HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var body = await Answers.ReadAsync<JsonElement>(request, cancellationToken);
        return body.ValueKind is JsonValueKind.Object
            ? [body.Deserialize<JsonPatchOperation>(WireJson.Options)!]
            : body.Deserialize<List<JsonPatchOperation>>(WireJson.Options) ?? [];
    }
}
