using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Agents;

/// <summary>What the holder of a lease fetches: the model archive and the data bucket, page by page.</summary>
public sealed class AttemptInputs(IRunStore runs, IBlobStore blobs, ISecretStore secrets, IObjectStoreFactory stores)
{
    private const int PageSize = 500;

    // Long enough for a page of large objects over a slow line; the page is asked for again when it was not.
    private static readonly TimeSpan AddressLifetime = TimeSpan.FromHours(1);

    [Function("FetchArchive")]
    public async Task<IResult> ArchiveAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.Attempt + "/" + AgentRoutes.Archive)]
            HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var id = Caller.Of<LeaseCaller>(request).Lease.RunId;
        if ((await runs.GetAsync(id, cancellationToken))?.Run is not { } run)
        {
            return Problems.RunNotFound;
        }
        var content = await blobs.OpenReadAsync(RunBlobs.Archive(run.Submission), 0, null, cancellationToken);
        return content is null ? Problems.RunNotFound : Results.Stream(content, "application/zip");
    }

    [Function("ListData")]
    public Task<IResult> DataAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.Attempt + "/" + AgentRoutes.Data)]
            HttpRequest request,
        CancellationToken cancellationToken
    ) =>
        WithStoreAsync(
            request,
            async (store, bucket) =>
            {
                var cursor = request.Query["cursor"].ToString() is { Length: > 0 } text ? text : null;
                var page = await store.ListAsync(bucket, prefix: "", cursor, PageSize, cancellationToken);
                var objects = new List<DataObject>(page.Objects.Count);
                foreach (var o in page.Objects)
                {
                    var address = await store.PresignReadAsync(bucket, o.Key, AddressLifetime, cancellationToken);
                    var url = address?.AbsoluteUri ?? RelativeUrl(request, o.Key);
                    objects.Add(
                        new DataObject
                        {
                            Key = o.Key,
                            Bytes = o.Bytes,
                            Url = url,
                            Version = o.Checksum,
                        }
                    );
                }
                return Answers.Json(new DataPage { Objects = objects, Next = page.Continuation });
            },
            cancellationToken
        );

    // For stores without expiring addresses. A Range of the form bytes=N- resumes a broken transfer.
    [Function("FetchData")]
    public Task<IResult> ContentAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.Attempt + "/" + AgentRoutes.DataContent)]
            HttpRequest request,
        CancellationToken cancellationToken
    ) =>
        WithStoreAsync(
            request,
            async (store, bucket) =>
            {
                var key = request.Query["key"].ToString();
                var offset = request.GetTypedHeaders().Range?.Ranges.FirstOrDefault()?.From;
                if (offset is not null)
                {
                    await BeginPartAsync(
                        request.HttpContext.Response,
                        store,
                        bucket,
                        key,
                        offset.Value,
                        cancellationToken
                    );
                }
                var content = await store.OpenReadAsync(bucket, key, offset ?? 0, length: null, cancellationToken);
                return Results.Stream(content, "application/octet-stream");
            },
            cancellationToken
        );

    private static async Task BeginPartAsync(
        HttpResponse response,
        IObjectStore store,
        string bucket,
        string key,
        long offset,
        CancellationToken cancellationToken
    )
    {
        // An object's own name is the first that begins with it.
        var page = await store.ListAsync(bucket, prefix: key, continuation: null, limit: 1, cancellationToken);
        if (page.Objects is not [{ } found] || found.Key != key || offset >= found.Bytes)
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.ObjectNotFound,
                $"There is no part of '{key}' from there."
            );
        }
        response.StatusCode = StatusCodes.Status206PartialContent;
        response.GetTypedHeaders().ContentRange = new ContentRangeHeaderValue(offset, found.Bytes - 1, found.Bytes);
    }

    private static string RelativeUrl(HttpRequest request, string key)
    {
        var lease = Caller.Of<LeaseCaller>(request).Lease;
        var folder = AgentRoutes.Attempt(lease.RunId, lease.Attempt);
        return $"{folder}/{AgentRoutes.DataContent}?key={Uri.EscapeDataString(key)}";
    }

    private async Task<IResult> WithStoreAsync(
        HttpRequest request,
        Func<IObjectStore, string, Task<IResult>> action,
        CancellationToken cancellationToken
    )
    {
        var id = Caller.Of<LeaseCaller>(request).Lease.RunId;
        var run = (await runs.GetAsync(id, cancellationToken))?.Run;
        var runSecrets = run is null ? null : await secrets.GetAsync(run.Submission, cancellationToken);
        if (run is null || runSecrets is null)
        {
            return Problems.RunNotFound;
        }
        try
        {
            await using var store = stores.Open(run.Manifest.TrainingData, runSecrets.Data, run.Owner);
            return await action(store, run.Manifest.TrainingData.Bucket);
        }
        catch (ObjectStoreException e)
        {
            var status = e.IsTransient
                ? StatusCodes.Status503ServiceUnavailable
                : StatusCodes.Status422UnprocessableEntity;
            return Problems.Of(status, "data_store", e.Message);
        }
    }
}
