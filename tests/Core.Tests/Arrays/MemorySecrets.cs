using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Security;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Core.Tests.Arrays;

internal sealed class MemorySecrets : ISecretStore
{
    private readonly Dictionary<SubmissionKey, RunSecrets> _runs = [];

    public Task PutAsync(SubmissionKey run, RunSecrets secrets, CancellationToken cancellationToken)
    {
        _runs[run] = secrets;
        return Task.CompletedTask;
    }

    public Task<RunSecrets?> GetAsync(SubmissionKey run, CancellationToken cancellationToken) =>
        Task.FromResult(_runs.GetValueOrDefault(run));

    public Task DestroyAsync(SubmissionKey run, CancellationToken cancellationToken)
    {
        _runs.Remove(run);
        return Task.CompletedTask;
    }

    public Task PutAsync(Owner owner, SecretName name, NamedSecret secret, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<NamedSecret?> GetAsync(Owner owner, SecretName name, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<bool> DestroyAsync(Owner owner, SecretName name, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<SecretName>> ListAsync(Owner owner, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
