using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts;
using Trainyard.Core.Runs;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http.Files;

/// <summary>GET /v3/models/{id}/files: what the run stored in its bucket, a page at a time.</summary>
public sealed class ListFiles(OwnRuns ownRuns, StoredFiles files)
{
    [Function(nameof(ListFiles))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.Files)] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        if (await ownRuns.FindAsync(request, runId, cancellationToken) is not { } run)
        {
            return Problems.RunNotFound;
        }
        if (!Paging.TryReadLimit(request, out var limit))
        {
            return Paging.InvalidLimit;
        }
        if (run.Results is null)
        {
            return FileProblems.NotStored(run);
        }
        var offset = OffsetOf(request.Query["continuation"].ToString());
        if (await files.ReadAsync(run.Id, offset, limit, cancellationToken) is not { } page)
        {
            return FileProblems.NotListed;
        }
        var next = page.Next?.ToString(CultureInfo.InvariantCulture);
        return Paging.Page(request, [.. page.Files.Select(ResourceOf)], $"v3/models/{run.Id}/files", limit, next);
    }

    private static long OffsetOf(string continuation) =>
        continuation.Length == 0 ? 0
        : long.TryParse(continuation, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset
        : throw new InvalidContinuationException();

    private static StoredFileResource ResourceOf(StoredFile file) =>
        new()
        {
            Path = file.Path,
            Bytes = file.Bytes,
            Sha256 = file.Sha256,
        };
}
