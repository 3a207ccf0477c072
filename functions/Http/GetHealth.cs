using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Trainyard.Functions.Agents;
using Trainyard.Functions.Middleware;

namespace Trainyard.Functions.Http;

/// <summary>
/// GET /health: whether the service reaches what it stands on. The only route without a key; only an operator's key gets to
/// know more.
/// </summary>
public sealed class GetHealth(ServiceHealth health, SandboxPolicy sandboxes)
{
    [Function(nameof(GetHealth))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.Health)] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        var isGood = await health.IsGoodAsync(
            token => client.GetInstanceAsync(ServiceHealth.Nobody.ToString(), getInputsAndOutputs: false, token),
            cancellationToken
        );
        var warnings = Caller.UserOf(request) is { IsOperator: true } ? sandboxes.Warnings : [];
        var body = new HealthResource(isGood ? "ok" : "unavailable", warnings.Count > 0 ? warnings : null);
        return Answers.Json(body, isGood ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private sealed record HealthResource(string Status, IReadOnlyList<string>? Warnings);
}
