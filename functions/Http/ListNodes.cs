using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts;
using Trainyard.Contracts.Nodes;
using Trainyard.Core.Pools;
using Trainyard.Functions.Middleware;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http;

/// <summary>GET /v3/nodes: the nodes of the pool and how they stand, for operators.</summary>
public sealed class ListNodes(IPoolLoad loads, PoolOptions pool, TimeProvider time)
{
    [Function(nameof(ListNodes))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.Nodes)] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        if (!Caller.Of<UserCaller>(request).IsOperator)
        {
            return Problems.Forbidden;
        }
        var load = await loads.ReadAsync(pool.Name, cancellationToken);
        var nodes = load.Nodes.OrderBy(node => node.Name, StringComparer.Ordinal).Select(ToResource);
        return Answers.Json(new NodeListResource { Resources = [.. nodes] });
    }

    private NodeResource ToResource(PoolNode node) =>
        new()
        {
            Name = node.Name,
            Pool = pool.Name,
            Gpus = node.Gpus,
            Slots = node.Slots,
            FreeSlots = node.Facts?.Problem is null ? node.FreeSlots : 0,
            State = NodeStates.NameOf(NodeStates.Of(node, pool.LeaseDuration, time.GetUtcNow())),
            SeenAt = node.SeenAt,
            Sandbox = node.Sandbox,
            Provides = node.Facts,
            Failures = node.Standing.Failures,
            SetAsideUntil = node.SetAsideUntil,
            Reason = node.Facts?.Problem ?? (node.Standing.Reason.Length > 0 ? node.Standing.Reason : null),
        };
}
