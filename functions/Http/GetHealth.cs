using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Trainyard.Core.Stores;
using Trainyard.Functions.Agents;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http;

/// <summary>
/// GET /health: whether the service reaches its dependencies, and has free space. Needs no key; with an operator's key
/// it also lists warnings.
/// </summary>
public sealed class GetHealth(ServiceHealth health, IBlobSpace space, NodePolicy policy)
{
    [Function(nameof(GetHealth))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.Health)] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        var isGood = await health.IsGoodAsync(
            token => client.GetInstanceAsync(ServiceHealth.Nobody.ToString(), getInputsAndOutputs: false, token),
            cancellationToken
        );
        var status =
            !isGood ? "unavailable"
            : space.Read().HasRoom ? "ok"
            : "insufficient_storage";
        var warnings = Caller.UserOf(request) is { IsOperator: true } ? policy.Warnings : [];
        return Answers.Json(
            new HealthResource(status, warnings.Count > 0 ? warnings : null),
            status == "ok" ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable
        );
    }

    private sealed record HealthResource(string Status, IReadOnlyList<string>? Warnings);
}
