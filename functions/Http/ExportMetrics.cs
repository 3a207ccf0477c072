using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Functions.Monitoring;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http;

/// <summary>GET /metrics: the service's metrics as OpenMetrics, for operators.</summary>
public sealed class ExportMetrics(ServiceMetrics metrics)
{
    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    [Function(nameof(ExportMetrics))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.Metrics)] HttpRequest request,
        CancellationToken cancellationToken
    ) =>
        Caller.Of<UserCaller>(request).IsOperator
            ? Results.Bytes(await metrics.ReadAsync(cancellationToken), OpenMetrics)
            : Problems.Forbidden;
}
