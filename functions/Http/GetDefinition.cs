using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Core.Stores;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http;

/// <summary>GET /v3/models/{id}/definition: the model archive as it was submitted.</summary>
public sealed class GetDefinition(OwnRuns ownRuns, IBlobStore blobs)
{
    [Function(nameof(GetDefinition))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.Run + "/definition")]
            HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        var run = await ownRuns.FindAsync(request, runId, cancellationToken);
        if (run is null)
        {
            return Problems.RunNotFound;
        }
        var content = await blobs.OpenReadAsync(RunBlobs.Archive(run.ArchiveKey), 0, null, cancellationToken);
        return content is null
            ? Problems.RunNotFound
            : Results.Stream(content, "application/zip", fileDownloadName: $"{run.Id}.zip");
    }
}
