using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Functions.Web;
using Trainyard.Manifests.Frameworks;

namespace Trainyard.Functions.Http;

/// <summary>GET /v3/models/frameworks: the frameworks that a manifest may name.</summary>
public sealed class ListFrameworks(FrameworkCatalog frameworks)
{
    [Function(nameof(ListFrameworks))]
    public IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.Frameworks)] HttpRequest request
    ) => Answers.Json(new FrameworkListResource([.. frameworks.Offered]));

    private sealed record FrameworkListResource(IReadOnlyList<FrameworkRelease> Resources);
}
