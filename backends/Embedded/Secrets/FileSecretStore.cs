using Microsoft.AspNetCore.DataProtection;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Security;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Backends.Secrets;

/// <summary>
/// One file per run and per named secret, encrypted and authenticated for that run, or that owner and name, only: a
/// file that is moved to another place does not decrypt.
/// </summary>
internal sealed class FileSecretStore(StateFolder home, IDataProtectionProvider protection) : ISecretStore
{
    private const string RunPurpose = "Trainyard.RunSecrets";
    private const string NamedPurpose = "Trainyard.NamedSecrets";

    // A half-written file that a crash left has another extension, so it is not taken for a secret.
    private const string Extension = ".secret";

    private readonly string _runs = Path.Combine(home.Secrets, "runs");
    private readonly string _named = Path.Combine(home.Secrets, "named");

    public Task PutAsync(SubmissionKey run, RunSecrets secrets, CancellationToken cancellationToken)
    {
        using var payload = secrets.ToProtectedPayload();
        FileOf(run).Write(payload);
        return Task.CompletedTask;
    }

    public async Task<RunSecrets?> GetAsync(SubmissionKey run, CancellationToken cancellationToken)
    {
        using var payload = await FileOf(run).ReadAsync(cancellationToken);
        return payload is null ? null : RunSecrets.FromPayload(payload.Reveal());
    }

    public Task DestroyAsync(SubmissionKey run, CancellationToken cancellationToken)
    {
        FileOf(run).Delete();
        return Task.CompletedTask;
    }

    public Task PutAsync(Owner owner, SecretName name, NamedSecret secret, CancellationToken cancellationToken)
    {
        using var payload = secret.ToProtectedPayload();
        FileOf(owner, name).Write(payload);
        return Task.CompletedTask;
    }

    public async Task<NamedSecret?> GetAsync(Owner owner, SecretName name, CancellationToken cancellationToken)
    {
        using var payload = await FileOf(owner, name).ReadAsync(cancellationToken);
        return payload is null ? null : NamedSecret.FromPayload(payload.Reveal());
    }

    public Task<bool> DestroyAsync(Owner owner, SecretName name, CancellationToken cancellationToken) =>
        Task.FromResult(FileOf(owner, name).Delete());

    public Task<IReadOnlyList<SecretName>> ListAsync(Owner owner, CancellationToken cancellationToken)
    {
        var folder = FolderOf(owner);
        IReadOnlyList<SecretName> names = Directory.Exists(folder)
            ?
            [
                .. Directory
                    .EnumerateFiles(folder, "*" + Extension)
                    .Select(file => Path.GetFileNameWithoutExtension(file))
                    .Order(StringComparer.Ordinal)
                    .Select(SecretName.Parse),
            ]
            : [];
        return Task.FromResult(names);
    }

    private ProtectedFile FileOf(SubmissionKey run) =>
        new(Path.Combine(_runs, run.ToString()), protection.CreateProtector(RunPurpose, run.ToString()));

    private ProtectedFile FileOf(Owner owner, SecretName name) =>
        new(
            Path.Combine(FolderOf(owner), name + Extension),
            protection.CreateProtector(NamedPurpose, owner.ToString(), name.ToString())
        );

    private string FolderOf(Owner owner) => Path.Combine(_named, owner.ToString());
}
