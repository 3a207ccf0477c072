using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;
using Trainyard.Manifests.Canonical;

namespace Trainyard.Functions.Http;

/// <summary>GET /v3/models/{id}/manifest: the run's manifest in canonical form, without its secrets.</summary>
public sealed class GetManifest(OwnRuns ownRuns)
{
    [Function(nameof(GetManifest))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.Run + "/manifest")]
            HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    ) =>
        await ownRuns.FindAsync(request, runId, cancellationToken) is { } run
            ? Results.Text(CanonicalManifest.Write(run.Manifest), "application/yaml; charset=utf-8")
            : Problems.RunNotFound;
}
