using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.AspNetCore.DataProtection;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Security;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Backends.Azure.Secrets;

/// <summary>
/// One blob per run and per named secret, encrypted and authenticated by ASP.NET Data Protection for that run, or that
/// owner and name, only: a blob that is moved to another place does not decrypt.
/// </summary>
internal sealed class BlobSecretStore(BlobContainerClient container, IDataProtectionProvider protection) : ISecretStore
{
    private const string RunPurpose = "Trainyard.RunSecrets";
    private const string NamedPurpose = "Trainyard.NamedSecrets";

    public async Task PutAsync(SubmissionKey run, RunSecrets secrets, CancellationToken cancellationToken)
    {
        using var payload = secrets.ToProtectedPayload();
        await BlobOf(run).WriteAsync(payload, cancellationToken);
    }

    public async Task<RunSecrets?> GetAsync(SubmissionKey run, CancellationToken cancellationToken)
    {
        using var payload = await BlobOf(run).ReadAsync(cancellationToken);
        return payload is null ? null : RunSecrets.FromPayload(payload.Reveal());
    }

    public Task DestroyAsync(SubmissionKey run, CancellationToken cancellationToken) =>
        BlobOf(run).DeleteAsync(cancellationToken);

    public async Task PutAsync(Owner owner, SecretName name, NamedSecret secret, CancellationToken cancellationToken)
    {
        using var payload = secret.ToProtectedPayload();
        await BlobOf(owner, name).WriteAsync(payload, cancellationToken);
    }

    public async Task<NamedSecret?> GetAsync(Owner owner, SecretName name, CancellationToken cancellationToken)
    {
        using var payload = await BlobOf(owner, name).ReadAsync(cancellationToken);
        return payload is null ? null : NamedSecret.FromPayload(payload.Reveal());
    }

    public Task<bool> DestroyAsync(Owner owner, SecretName name, CancellationToken cancellationToken) =>
        BlobOf(owner, name).DeleteAsync(cancellationToken);

    public async Task<IReadOnlyList<SecretName>> ListAsync(Owner owner, CancellationToken cancellationToken)
    {
        var folder = FolderOf(owner);
        var names = new List<SecretName>();
        // Azure lists in ordinal order, and names are ASCII, so no sort is needed.
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, folder, cancellationToken))
        {
            names.Add(SecretName.Parse(blob.Name[folder.Length..]));
        }
        return names;
    }

    private ProtectedBlob BlobOf(SubmissionKey run) =>
        new(container.GetBlobClient($"runs/{run}"), protection.CreateProtector(RunPurpose, run.ToString()));

    private ProtectedBlob BlobOf(Owner owner, SecretName name) =>
        new(
            container.GetBlobClient(FolderOf(owner) + name),
            protection.CreateProtector(NamedPurpose, owner.ToString(), name.ToString())
        );

    private static string FolderOf(Owner owner) => $"named/{owner}/";
}
