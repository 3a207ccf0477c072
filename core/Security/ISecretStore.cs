using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Core.Security;

/// <summary>
/// The encrypted store of all credentials: those of a run, for the life of the run, and those that an owner keeps
/// under a name, until they are destroyed. A stored secret is durable before the call returns.
/// </summary>
public interface ISecretStore
{
    /// <summary>Keeps a run's secrets. A second put for the run replaces the first.</summary>
    Task PutAsync(SubmissionKey run, RunSecrets secrets, CancellationToken cancellationToken);

    /// <summary>A run's secrets, or null when they were destroyed or never kept.</summary>
    Task<RunSecrets?> GetAsync(SubmissionKey run, CancellationToken cancellationToken);

    /// <summary>Destroys a run's secrets; does nothing when there are none.</summary>
    Task DestroyAsync(SubmissionKey run, CancellationToken cancellationToken);

    /// <summary>Keeps an owner's secret under a name, in place of what was there.</summary>
    Task PutAsync(Owner owner, SecretName name, NamedSecret secret, CancellationToken cancellationToken);

    /// <summary>The owner's secret of this name, or null when there is none.</summary>
    Task<NamedSecret?> GetAsync(Owner owner, SecretName name, CancellationToken cancellationToken);

    /// <summary>Destroys the owner's secret of this name. Returns whether there was one.</summary>
    Task<bool> DestroyAsync(Owner owner, SecretName name, CancellationToken cancellationToken);

    /// <summary>The names of the owner's secrets, in ordinal order.</summary>
    Task<IReadOnlyList<SecretName>> ListAsync(Owner owner, CancellationToken cancellationToken);
}
