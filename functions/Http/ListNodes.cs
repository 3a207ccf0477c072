using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts.Nodes;
using Trainyard.Core.Pools;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http;

/// <summary>GET /v3/nodes: the nodes of all pools and their states, for operators.</summary>
public sealed class ListNodes(INodeRegistry nodes, PoolOptions pool, TimeProvider time)
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
        var all = await nodes.ListAsync(cancellationToken);
        var now = time.GetUtcNow();
        return Answers.Json(
            new NodeListResource
            {
                Resources =
                [
                    .. all.OrderBy(node => node.Name, StringComparer.Ordinal)
                        .Select(node => NodeMapper.ToResource(node, pool, now)),
                ],
            }
        );
    }
}
