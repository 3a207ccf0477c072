using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Core.Stores;

namespace Trainyard.Functions.Http;

/// <summary>GET /health: whether the service reaches what it stands on: records, queue, blobs. The only route without a key; it says nothing more.</summary>
public sealed partial class GetHealth(IRunStore runs, IDispatchQueue queue, IBlobStore blobs, ILogger<GetHealth> logger)
{
    // Looked up, never there: a read of each store that costs next to nothing.
    private static readonly RunId Nobody = RunId.Parse("training-000000000");

    [Function(nameof(GetHealth))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.Health)] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await runs.QueryAsync(new RunQuery { PageSize = 1 }, cancellationToken);
            await queue.FindPositionAsync(Nobody, cancellationToken);
            await blobs.FindAsync(RunBlobs.Archive(Nobody), cancellationToken);
            return Answers.Json(new HealthResource("ok"));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogUnhealthy(e);
            return Answers.Json(new HealthResource("unavailable"), StatusCodes.Status503ServiceUnavailable);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "A store of the service cannot be read")]
    private partial void LogUnhealthy(Exception exception);

    private sealed record HealthResource(string Status);
}
