using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Security;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http.Files;

/// <summary>
/// GET /v3/models/{id}/files/address?path=…: where a stored file can be downloaded, for ten minutes and without a key: in
/// the bucket where its store has such addresses, else through the service.
/// </summary>
public sealed class GetFileAddress(
    OwnRuns ownRuns,
    StoredFiles files,
    StoredFileContent content,
    DownloadKeys keys,
    TimeProvider time
)
{
    [Function(nameof(GetFileAddress))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.FileAddress)] HttpRequest request,
        string runId,
        CancellationToken cancellationToken
    )
    {
        if (await ownRuns.FindAsync(request, runId, cancellationToken) is not { } run)
        {
            return Problems.RunNotFound;
        }
        if (run.Results is null)
        {
            return FileProblems.NotStored(run);
        }
        var name = request.Query["secret"].ToString();
        if (!SecretName.TryParse(name, out var secret) && name.Length > 0)
        {
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                "invalid_secret_name",
                $"A secret's name is {SecretName.Rule}."
            );
        }
        var path = request.Query["path"].ToString();
        if (await files.FindAsync(run.Id, path, cancellationToken) is not { } found)
        {
            return await files.ReadAsync(run.Id, 0, limit: 1, cancellationToken) is null
                ? FileProblems.NotListed
                : FileProblems.NotFound;
        }
        try
        {
            var key = new DownloadKey(run.Id, found.Offset, name.Length > 0 ? name : null);
            var address = await AddressAsync(request, run, found.File, key, cancellationToken);
            request.HttpContext.Response.Headers.CacheControl = "no-store";
            return address is null ? FileProblems.NoCredentials : Answers.Json(address);
        }
        catch (SecretRefusedException refusal)
        {
            return FileProblems.Of(refusal);
        }
        catch (ObjectStoreException failure)
        {
            return FileProblems.Of(failure);
        }
    }

    private async Task<FileAddressResource?> AddressAsync(
        HttpRequest request,
        TrainingRun run,
        StoredFile file,
        DownloadKey key,
        CancellationToken cancellationToken
    )
    {
        SecretName? secret = SecretName.TryParse(key.Secret, out var name) ? name : null;
        await using var bucket = await content.OpenBucketAsync(run, secret, cancellationToken);
        var expiresAt = time.GetUtcNow() + DownloadKeys.Lifetime;
        var direct = bucket is null
            ? null
            : await bucket.PresignReadAsync(
                run.Manifest.TrainingResults.Bucket,
                ResultKeys.Of(run, file.Path),
                DownloadKeys.Lifetime,
                cancellationToken
            );
        if (direct is not null)
        {
            return new FileAddressResource { Url = direct.AbsoluteUri, ExpiresAt = expiresAt };
        }
        if (bucket is null && !await content.HasCopyAsync(file, cancellationToken))
        {
            return null;
        }
        var path = $"{Routes.Downloads}?key={keys.Create(key)}";
        return new FileAddressResource
        {
            Url = ServiceAddress.Of(request, path),
            ServicePath = path,
            ExpiresAt = expiresAt,
        };
    }
}
