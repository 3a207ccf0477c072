using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Functions.Security;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http.Files;

/// <summary>
/// GET /downloads?key=…: a stored file, for the holder of its short-lived address. From the bucket, else the service's own copy.
/// </summary>
public sealed partial class DownloadFile(
    IRunStore runs,
    StoredFiles files,
    StoredFileContent content,
    DownloadKeys keys,
    DownloadSlots slots,
    DownloadOptions options,
    TimeProvider time,
    ILogger<DownloadFile> logger
)
{
    private const int BufferBytes = 128 * 1024;
    private const string RetryAfterSeconds = "10";

    [Function(nameof(DownloadFile))]
    public async Task<IActionResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.Downloads)] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        if (await TrySendAsync(request, cancellationToken) is { } problem)
        {
            await problem.ExecuteAsync(request.HttpContext);
        }
        return new EmptyResult();
    }

    private async Task<IResult?> TrySendAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (keys.Find(request.Query["key"].ToString()) is not { } key)
        {
            return FileProblems.KeyExpired;
        }
        var run = (await runs.GetAsync(key.Run, cancellationToken))?.Run;
        if (run is null || run.DeletedAt is not null)
        {
            return Problems.RunNotFound;
        }
        if (await files.FindAsync(run.Id, key.Offset, cancellationToken) is not { } file)
        {
            return FileProblems.NotFound;
        }
        using var slot = slots.TryTake(run.Owner);
        if (slot is null)
        {
            request.HttpContext.Response.Headers.RetryAfter = RetryAfterSeconds;
            return FileProblems.TooMany;
        }
        try
        {
            SecretName? secret = SecretName.TryParse(key.Secret, out var name) ? name : null;
            await using var bucket = await content.OpenBucketAsync(run, secret, cancellationToken);
            return await TrySendAsync(request.HttpContext, run, file, bucket, cancellationToken);
        }
        catch (SecretRefusedException refusal)
        {
            return FileProblems.Of(refusal);
        }
        catch (ObjectStoreException failure) when (!request.HttpContext.Response.HasStarted)
        {
            request.HttpContext.Response.Clear();
            return FileProblems.Of(failure);
        }
    }

    private async Task<IResult?> TrySendAsync(
        HttpContext http,
        TrainingRun run,
        StoredFile file,
        IObjectStore? bucket,
        CancellationToken cancellationToken
    )
    {
        var (from, length) = ByteRange.Begin(http, file.Bytes);
        await using var source = bucket is null
            ? await content.OpenCopyAsync(file, from, cancellationToken)
            : await bucket.OpenReadAsync(
                run.Manifest.TrainingResults.Bucket,
                ResultKeys.Of(run, file.Path),
                from,
                length,
                cancellationToken
            );
        if (source is null)
        {
            http.Response.Clear();
            return FileProblems.NoCredentials;
        }
        FileHeaders.Write(http.Response, file);
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await CopyAsync(http, run.Id, source, length, cancellationToken);
        }
        return null;
    }

    // A reader that stands still, or takes for ever, must not hold its slot: there is no minimum rate for answers.
    private async Task CopyAsync(
        HttpContext http,
        RunId run,
        Stream source,
        long length,
        CancellationToken cancellationToken
    )
    {
        using var whole = new CancellationTokenSource(options.MaxDuration, time);
        using var step = CancellationTokenSource.CreateLinkedTokenSource(whole.Token, cancellationToken);
        await using var stall = time.CreateTimer(
            _ => step.Cancel(),
            null,
            options.StallTimeout,
            Timeout.InfiniteTimeSpan
        );
        var buffer = new byte[BufferBytes];
        try
        {
            for (var left = length; left > 0; )
            {
                var read = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), step.Token);
                if (read == 0)
                {
                    throw new EndOfStreamException("The object is shorter than what was stored.");
                }
                await http.Response.Body.WriteAsync(buffer.AsMemory(0, read), step.Token);
                left -= read;
                stall.Change(options.StallTimeout, Timeout.InfiniteTimeSpan);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The headers are sent, so only a broken connection can say that the file is not whole.
            if (!http.RequestAborted.IsCancellationRequested)
            {
                LogBroken(run, e is OperationCanceledException ? "it took too long" : e.Message);
            }
            http.Abort();
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "A download of a file of {Run} was given up: {Reason}")]
    private partial void LogBroken(RunId run, string reason);
}
