using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;

namespace Trainyard.Orchestrations.Activities;

public sealed record DestroySecretsRequest
{
    public required RunId RunId { get; init; }
}

/// <summary>Destroys the remaining secrets of a run, after the last notice that they sign.</summary>
public sealed class DestroySecrets(IRunStore runs, ISecretStore secrets)
{
    [Function(nameof(DestroySecrets))]
    public async Task RunAsync([ActivityTrigger] DestroySecretsRequest request, CancellationToken cancellationToken)
    {
        // A run's record is deleted only after its secrets, so no record means no secrets.
        if ((await runs.GetAsync(request.RunId, cancellationToken))?.Run is { } run)
        {
            await secrets.DestroyAsync(run.Submission, cancellationToken);
        }
    }
}
