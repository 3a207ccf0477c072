using Trainyard.Contracts;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Secrets;
using Trainyard.Manifests.Stores;

namespace Trainyard.Core.Runs;

/// <summary>
/// Reads a run's stored files. The run's own credentials are destroyed at its end, so the bucket is opened with a secret
/// that the owner keeps, or without credentials where the store needs none; else the service's own copy is read, as
/// long as there is one.
/// </summary>
public sealed class StoredFileContent(ISecretStore secrets, IObjectStoreFactory stores, IBlobStore blobs)
{
    /// <summary>
    /// Opens the results bucket with the named secret, by default the one that the manifest names. Returns null when
    /// the bucket needs credentials and there are none.
    /// </summary>
    /// <exception cref="SecretRefusedException">The named secret does not exist or does not fit.</exception>
    public async Task<IObjectStore?> OpenBucketAsync(
        TrainingRun run,
        SecretName? name,
        CancellationToken cancellationToken
    )
    {
        var results = run.Manifest.TrainingResults;
        var credentials = await CredentialsAsync(run, name, cancellationToken);
        if (credentials is null)
        {
            return null;
        }
        var opened = StoreOpening.Open(results, credentials);
        return stores.Open(opened.Store, opened.Credentials, run.Owner);
    }

    /// <summary>Whether the service has a copy of its own.</summary>
    public async Task<bool> HasCopyAsync(StoredFile file, CancellationToken cancellationToken) =>
        await FindCopyAsync(file, cancellationToken) is not null;

    /// <summary>The service's own copy from a byte on; null when there is none.</summary>
    public async Task<Stream?> OpenCopyAsync(StoredFile file, long offset, CancellationToken cancellationToken) =>
        await FindCopyAsync(file, cancellationToken) is { } copy
            ? await blobs.OpenReadAsync(copy.Name, offset, file.Bytes - offset, cancellationToken)
            : null;

    // A log is appended to, so its copy may be longer than what was stored.
    private async Task<BlobInfo?> FindCopyAsync(StoredFile file, CancellationToken cancellationToken) =>
        BlobName.TryParse(file.Blob, out var name)
        && await blobs.FindAsync(name, cancellationToken) is { } copy
        && copy.Bytes >= file.Bytes
        && (copy.Sha256 is null || copy.Sha256 == file.Sha256)
            ? copy
            : null;

    private async Task<StoreCredentials?> CredentialsAsync(
        TrainingRun run,
        SecretName? name,
        CancellationToken cancellationToken
    )
    {
        var results = run.Manifest.TrainingResults;
        if (name is { } wanted)
        {
            var secret =
                await secrets.GetAsync(run.Owner, wanted, cancellationToken)
                ?? throw new SecretRefusedException("secret_not_found", "You keep no secret of this name.");
            return SecretFit.Objection(results.Type, secret.Credentials) is { } objection
                ? throw new SecretRefusedException(
                    "invalid_secret",
                    $"The secret {objection}: it does not open a store of type `{StoreTypes.Canonical(results.Type)}`."
                )
                : secret.Credentials;
        }
        if (SecretFit.Objection(results.Type, StoreCredentials.None) is null)
        {
            return StoreCredentials.None;
        }
        // Without this secret there may still be a copy.
        var kept = SecretName.TryParse(results.SecretName, out var named)
            ? await secrets.GetAsync(run.Owner, named, cancellationToken)
            : null;
        return kept is not null && SecretFit.Objection(results.Type, kept.Credentials) is null
            ? kept.Credentials
            : null;
    }
}

/// <summary>Why the named secret opens nothing.</summary>
public sealed class SecretRefusedException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
