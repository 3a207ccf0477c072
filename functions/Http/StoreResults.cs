using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Functions.Http.Wml;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;
using Trainyard.Manifests;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Secrets;
using Trainyard.Manifests.Stores;

namespace Trainyard.Functions.Http;

/// <summary>
/// PUT /v3/models/{id}/results: stores the results of an ended run that could not be stored before, with other
/// credentials for the bucket that the manifest names.
/// </summary>
public sealed class StoreResults(OwnRuns ownRuns, ISecretStore secrets, ResultsRestart restart)
{
    private const string SecretKey = "secret";

    [Function(nameof(StoreResults))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Routes.Results)] HttpRequest request,
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

        if (Objection(run) is { } objection)
        {
            return objection;
        }

        var sent = await Answers.ReadOptionalAsync<Dictionary<string, string?>>(request, cancellationToken) ?? [];
        var (credentials, refusal) = await ReadAsync(run, sent, cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        var opened = StoreOpening.Open(run.Manifest.TrainingResults, credentials);
        return await restart.TryStartAsync(client, run.Id, opened, cancellationToken) is { } started
            ? Answers.Json(
                (await ownRuns.ToResourceAsync(started, cancellationToken)).With(request),
                StatusCodes.Status202Accepted
            )
            : Conflict("run_not_finished", "The run's last steps are still under way. Try again when they are done.");
    }

    private static IResult? Objection(TrainingRun run) =>
        !run.Phase.IsTerminal() ? Conflict("run_not_finished", $"The run has not ended; it is {run.Phase.ToWire()}.")
        : run.Results is not null
            ? Conflict("results_stored", $"The results are in '{run.Results.Bucket}' already, below '{run.Id}'.")
        : run.Unstored is null ? Conflict("nothing_to_store", "The run left nothing that is still to be stored.")
        : null;

    private async Task<(StoreCredentials, IResult?)> ReadAsync(
        TrainingRun run,
        Dictionary<string, string?> sent,
        CancellationToken cancellationToken
    )
    {
        var store = run.Manifest.TrainingResults;
        if (sent.Remove(SecretKey, out var name) && sent.Count > 0)
        {
            return Refused("Send the credentials, or the name of a secret that holds them; not both.");
        }

        if (name is not null)
        {
            return await ReadNamedAsync(run, name, cancellationToken);
        }

        // Without credentials: valid only for a store that needs none, a file store.
        if (sent.Count == 0)
        {
            return Fit(store, StoreCredentials.None, "What was sent");
        }

        var fields = SecretFields.Read(sent);
        return fields.Credentials is { } credentials
            ? Fit(store, credentials, "What was sent")
            : Refused("The credentials are wrong.", fields.Problems);
    }

    private async Task<(StoreCredentials, IResult?)> ReadNamedAsync(
        TrainingRun run,
        string text,
        CancellationToken cancellationToken
    )
    {
        var secret = SecretName.TryParse(text, out var name)
            ? await secrets.GetAsync(run.Owner, name, cancellationToken)
            : null;
        return secret is null
            ? (
                StoreCredentials.None,
                Problems.Of(StatusCodes.Status404NotFound, "secret_not_found", "You keep no secret of this name.")
            )
            : Fit(run.Manifest.TrainingResults, secret.Credentials, "The secret");
    }

    private static (StoreCredentials, IResult?) Fit(
        DataStoreReference store,
        StoreCredentials credentials,
        string what
    ) =>
        SecretFit.Objection(store.Type, credentials) is { } objection
            ? Refused($"{what} {objection}: it does not open a store of type `{StoreTypes.Canonical(store.Type)}`.")
            : (credentials, null);

    private static (StoreCredentials, IResult?) Refused(string detail, IReadOnlyList<ProblemItem>? errors = null) =>
        (StoreCredentials.None, Problems.Of(StatusCodes.Status400BadRequest, "invalid_secret", detail, errors));

    private static IResult Conflict(string code, string detail) =>
        Problems.Of(StatusCodes.Status409Conflict, code, detail);
}
