using Trainyard.Core.Manifests;
using Trainyard.Core.Runs;

namespace Trainyard.Core.Security;

/// <summary>The one encrypted place where a run's credentials live, for the life of the run.</summary>
public interface ISecretStore
{
    /// <summary>Keeps a run's secrets, encrypted and durable before it returns. A second put for the run replaces the first.</summary>
    Task PutAsync(RunId id, RunSecrets secrets, CancellationToken cancellationToken);

    /// <summary>A run's secrets, or null when they were destroyed or never kept.</summary>
    Task<RunSecrets?> GetAsync(RunId id, CancellationToken cancellationToken);

    /// <summary>Destroys a run's secrets; does nothing when there are none.</summary>
    Task DestroyAsync(RunId id, CancellationToken cancellationToken);
}
