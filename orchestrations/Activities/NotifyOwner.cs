using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;

namespace Trainyard.Orchestrations.Activities;

public sealed record NotifyOwnerRequest
{
    public required RunId RunId { get; init; }

    /// <summary>The state to report, as in <c>notify.on</c>.</summary>
    public required string State { get; init; }
}

/// <summary>Sends the run, as its owner sees it, to the webhook of the manifest.</summary>
public sealed class NotifyOwner(
    IRunStore runs,
    ISecretStore secrets,
    FailureExplanations explanations,
    IWebhook webhook,
    TimeProvider time
)
{
    [Function(nameof(NotifyOwner))]
    public async Task RunAsync([ActivityTrigger] NotifyOwnerRequest request, CancellationToken cancellationToken)
    {
        var run = (await runs.GetAsync(request.RunId, cancellationToken))?.Run;
        if (run?.Manifest.Notify is not { } notify)
        {
            return;
        }
        var runSecrets = await secrets.GetAsync(run.Submission, cancellationToken);
        var resource = run.ToResource(position: null, time.GetUtcNow());
        var status = resource.Entity.Status with { Failure = await explanations.FindAsync(run, cancellationToken) };
        var call = new WebhookCall
        {
            Url = notify.Url,
            State = request.State,
            DeliveryId = $"{run.Id}-{request.State}",
            Body = JsonSerializer.SerializeToUtf8Bytes(
                resource with
                {
                    Entity = resource.Entity with { Status = status },
                },
                WireJson.Options
            ),
            CaCertificate = notify.CaCertificate,
            SigningKey = runSecrets?.NotifySecret,
        };
        await webhook.PostAsync(call, cancellationToken);
    }
}
