using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Trainyard.Core.Stores;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http;

/// <summary>
/// GET /health: whether the service reaches what it stands on, and has room to take more. The only route without a key; it says nothing more.
/// </summary>
public sealed class GetHealth(ServiceHealth health, IBlobSpace space)
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
        if (isGood && !space.Read().HasRoom)
            return Answers.Json(new HealthResource("insufficient_storage"), StatusCodes.Status503ServiceUnavailable);
        return isGood
            ? Answers.Json(new HealthResource("ok"))
            : Answers.Json(new HealthResource("unavailable"), StatusCodes.Status503ServiceUnavailable);
    }

    private sealed record HealthResource(string Status);
}
