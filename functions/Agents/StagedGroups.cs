using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Stores;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Agents;

/// <summary>Small files that the holder of a lease stages several at once: one request and one transaction for all of them.</summary>
public sealed class StagedGroups(IBlobStore blobs)
{
    [Function("StageGroup")]
    public async Task<IResult> StageAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Routes.Attempt + "/" + AgentRoutes.StagingGroup)]
            HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var (lease, status) = Caller.Of<LeaseCaller>(request);
        var group = await FileGroup.ReadAsync(request.Body, cancellationToken);
        var staged = new List<NewBlob>(group.Count);
        foreach (var file in group)
        {
            if (!RunBlobs.TryStaged(lease.RunId, lease.Attempt, status.Learner, file.Path, out var name))
            {
                return AttemptOutputs.InvalidPath;
            }
            staged.Add(new NewBlob(name, file.Bytes, file.Sha256));
        }
        try
        {
            await blobs.PutAllAsync(staged, request.Body, cancellationToken);
            return Results.NoContent();
        }
        catch (BlobChecksumException e)
        {
            return AttemptOutputs.ChecksumMismatch(e);
        }
    }
}
