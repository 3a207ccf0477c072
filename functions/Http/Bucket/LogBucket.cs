using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Functions.Security;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http.Bucket;

/// <summary>
/// GET /s3/{bucket}/{key}: a run's log files as S3 objects, for clients that read an ended run's log with the keys
/// in the run's answer. It accepts only those keys and serves only those files.
/// </summary>
public sealed class LogBucket(IRunStore runs, IBlobStore blobs, LogKeys keys, TimeProvider time)
{
    [Function("GetLogObject")]
    public async Task<IActionResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.LogObject)] HttpRequest request,
        string bucket,
        string key,
        CancellationToken cancellationToken
    )
    {
        var http = request.HttpContext;
        var signature = RequestSignature.Of(request);
        if (signature is null)
        {
            await BucketError.Unsigned.WriteAsync(http);
            return new EmptyResult();
        }
        var host = ServiceAddress.HostOf(request);
        if (
            keys.Find(signature.AccessKeyId) is not { } opens
            || !signature.IsValid(request, host, opens.Secret, time.GetUtcNow())
        )
        {
            await BucketError.BadSignature.WriteAsync(http);
            return new EmptyResult();
        }
        var run = (await runs.GetAsync(opens.Run, cancellationToken))?.Run;
        var blob = run is null ? null : BlobOf(run, bucket, key);
        if (blob is not { } name || await blobs.FindAsync(name, cancellationToken) is not { } found)
        {
            await BucketError.NoSuchKey.WriteAsync(http);
            return new EmptyResult();
        }
        await SendAsync(http, found, cancellationToken);
        return new EmptyResult();
    }

    // The names that the files have in the results bucket.
    private static BlobName? BlobOf(TrainingRun run, string bucket, string key)
    {
        if (run.DeletedAt is not null || bucket != run.Manifest.TrainingResults.Bucket)
        {
            return null;
        }
        foreach (var learner in Enumerable.Range(1, run.Learners))
        {
            if (key == ResultKeys.Of(run, LearnerFiles.Log(learner)))
            {
                return RunBlobs.Log(run.Id, learner);
            }
            if (key == ResultKeys.Of(run, LearnerFiles.Metrics(learner)))
            {
                return RunBlobs.Metrics(run.Id, learner);
            }
        }
        return null;
    }

    private async Task SendAsync(HttpContext http, BlobInfo blob, CancellationToken cancellationToken)
    {
        var response = http.Response;
        var (from, length) = ByteRange.Begin(http, blob.Bytes);
        response.ContentType = "text/plain";
        // Clients take an ETag with "-1" for one of a multipart upload, not for an MD5.
        response.Headers.ETag = $"\"{blob.Bytes:x32}-1\"";
        response.Headers.LastModified = blob.ModifiedAt.UtcDateTime.ToString("R");
        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }
        await using var content = await blobs.OpenReadAsync(blob.Name, from, length, cancellationToken);
        await (content ?? Stream.Null).CopyToAsync(response.Body, cancellationToken);
    }
}
