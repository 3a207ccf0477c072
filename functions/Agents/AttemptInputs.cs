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

/// <summary>
/// The inputs that the holder of a lease fetches: the model archive, and the data bucket page by page.
/// </summary>
public sealed class AttemptInputs(IRunStore runs, IBlobStore blobs, ISecretStore secrets, IObjectStoreFactory stores)
{
    private const int PageSize = 1000;

    // Long enough for a page of large objects over a slow line; the agent asks for the page again when they expire.
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
        var content = await blobs.OpenReadAsync(RunBlobs.Archive(run.ArchiveKey), 0, null, cancellationToken);
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
            async (store, selection, bucket) =>
            {
                var cursor = request.Query["cursor"].ToString() is { Length: > 0 } text ? text : null;
                var page = await store.ListAsync(bucket, selection.Prefix, cursor, PageSize, cancellationToken);
                var objects = new List<DataObject>(page.Objects.Count);
                foreach (var o in page.Objects)
                {
                    if (selection.NameOf(o.Key) is not { } name)
                    {
                        continue;
                    }
                    var address = DataKeys.LeadsElsewhere(o.Key)
                        ? null
                        : await store.PresignReadAsync(bucket, o.Key, AddressLifetime, cancellationToken);
                    var url = address?.AbsoluteUri ?? RelativeUrl(request, o.Key);
                    objects.Add(
                        new DataObject
                        {
                            Key = name,
                            Bytes = o.Bytes,
                            Url = url,
                            Version = o.Checksum,
                        }
                    );
                }
                return Answers.Json(
                    new DataPage
                    {
                        Objects = objects,
                        Next = page.Continuation,
                        LifetimeSeconds = AddressLifetime.TotalSeconds,
                    }
                );
            },
            cancellationToken
        );

    // For stores without expiring addresses. A Range fetches a piece, or resumes a broken transfer.
    [Function("FetchData")]
    public Task<IResult> ContentAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.Attempt + "/" + AgentRoutes.DataContent)]
            HttpRequest request,
        CancellationToken cancellationToken
    ) =>
        WithStoreAsync(
            request,
            async (store, _, bucket) =>
            {
                var key = request.Query["key"].ToString();
                if (request.GetTypedHeaders().Range?.Ranges.FirstOrDefault() is not { From: { } from } range)
                {
                    var all = await store.OpenReadAsync(bucket, key, 0, length: null, cancellationToken);
                    return Results.Stream(all, "application/octet-stream");
                }
                var found = await FindAsync(store, bucket, key, from, cancellationToken);
                if (IsAnother(request, found))
                {
                    return Problems.Of(StatusCodes.Status412PreconditionFailed, "data_changed", "It was changed.");
                }
                var length = Math.Min(range.To + 1 ?? found.Bytes, found.Bytes) - from;
                BeginPart(request.HttpContext.Response, found, from, length);
                var part = await store.OpenReadAsync(bucket, key, from, length, cancellationToken);
                return Results.Stream(part, "application/octet-stream");
            },
            cancellationToken
        );

    private static async Task<StoredObject> FindAsync(
        IObjectStore store,
        string bucket,
        string key,
        long from,
        CancellationToken cancellationToken
    )
    {
        // In a listing by prefix, the object whose key equals the prefix comes first.
        var page = await store.ListAsync(bucket, prefix: key, continuation: null, limit: 1, cancellationToken);
        return page.Objects is [{ } found] && found.Key == key && from < found.Bytes
            ? found
            : throw new ObjectStoreException(
                ObjectStoreFailure.ObjectNotFound,
                $"There is no part of '{key}' from there."
            );
    }

    private static bool IsAnother(HttpRequest request, StoredObject found) =>
        request.GetTypedHeaders().IfMatch is [{ } wanted] && TagOf(found) is { } tag && !wanted.Equals(tag);

    private static EntityTagHeaderValue? TagOf(StoredObject found) =>
        EntityTagHeaderValue.TryParse($"\"{found.Checksum}\"", out var tag) && found.Checksum is not null ? tag : null;

    private static void BeginPart(HttpResponse response, StoredObject found, long from, long length)
    {
        response.StatusCode = StatusCodes.Status206PartialContent;
        response.ContentLength = length;
        var headers = response.GetTypedHeaders();
        headers.ContentRange = new ContentRangeHeaderValue(from, from + length - 1, found.Bytes);
        headers.ETag = TagOf(found);
    }

    private static string RelativeUrl(HttpRequest request, string key)
    {
        var lease = Caller.Of<LeaseCaller>(request).Lease;
        var folder = AgentRoutes.Attempt(lease.RunId, lease.Attempt);
        return $"{folder}/{AgentRoutes.DataContent}?key={Uri.EscapeDataString(key)}";
    }

    private async Task<IResult> WithStoreAsync(
        HttpRequest request,
        Func<IObjectStore, ObjectSelection, string, Task<IResult>> action,
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
            var data = run.Manifest.TrainingData;
            await using var store = stores.Open(data, runSecrets.Data, run.Owner);
            return await action(store, new ObjectSelection(data), data.Bucket);
        }
        catch (ObjectStoreException e)
        {
            var status = e.IsTransient
                ? StatusCodes.Status503ServiceUnavailable
                : StatusCodes.Status422UnprocessableEntity;
            return Problems.Of(status, ObjectStoreReasons.CodeOf(e.Failure, "data"), e.Message);
        }
    }
}
