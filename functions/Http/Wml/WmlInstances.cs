using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Core.Models;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http.Wml;

/// <summary>
/// GET /v3/wml_instances/{id} and its published models. Any instance id is accepted and stands for this service.
/// </summary>
public sealed class WmlInstances(ModelRepository repository)
{
    [Function("WmlInstance")]
    public IResult Show(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.Instance)] HttpRequest request,
        string instanceId
    )
    {
        var path = Routes.Instance.Replace("{instanceId}", Uri.EscapeDataString(instanceId));
        return Answers.Json(
            new
            {
                Metadata = new { Guid = instanceId, Url = ServiceAddress.Of(request, path) },
                Entity = new { PublishedModels = new { Url = ServiceAddress.Of(request, $"{path}/published_models") } },
            }
        );
    }

    [Function("WmlPublishedModels")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.Instance + "/published_models")]
            HttpRequest request,
        string instanceId,
        CancellationToken cancellationToken
    )
    {
        var models = await repository.ListAsync(Caller.Of<UserCaller>(request).Owner, cancellationToken);
        return Answers.Json(
            new { Count = models.Count, Resources = models.Select(model => Published(request, instanceId, model)) }
        );
    }

    [Function("WmlPublishedModel")]
    public async Task<IResult> ShowModelAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Routes.Instance + "/published_models/{modelId}")]
            HttpRequest request,
        string instanceId,
        string modelId,
        CancellationToken cancellationToken
    )
    {
        var owner = Caller.Of<UserCaller>(request).Owner;
        return
            Guid.TryParse(modelId, out var id) && await repository.FindAsync(owner, id, cancellationToken) is { } model
            ? Answers.Json(Published(request, instanceId, model))
            : StoredModelForms.NotFound;
    }

    private static object Published(HttpRequest request, string instanceId, StoredModel model)
    {
        var resource = StoredModelForms.Of(request, model);
        var instance = Routes.Instance.Replace("{instanceId}", Uri.EscapeDataString(instanceId));
        var url = ServiceAddress.Of(request, $"{instance}/published_models/{model.Id}");
        return new { Metadata = resource.Metadata with { Url = url }, resource.Entity };
    }
}
