using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Trainyard.Core.Runs;

namespace Trainyard.Functions.Http;

/// <summary>GET /health: whether the service can read its records. The only route without a key; it says nothing more.</summary>
public sealed partial class GetHealth(IRunStore runs, ILogger<GetHealth> logger)
{
    [Function(nameof(GetHealth))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.Health)] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await runs.QueryAsync(new RunQuery { PageSize = 1 }, cancellationToken);
            return Answers.Json(new HealthResource("ok"));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogUnhealthy(e);
            return Answers.Json(new HealthResource("unavailable"), StatusCodes.Status503ServiceUnavailable);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The run store cannot be read")]
    private partial void LogUnhealthy(Exception exception);

    private sealed record HealthResource(string Status);
}
