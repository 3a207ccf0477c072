using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Trainyard.Core.Pools;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http;

/// <summary>/v3/nodes/{nodeName}: an operator drains a node, undrains it, or removes one that is gone.</summary>
public sealed partial class ManageNodes(
    INodeRegistry nodes,
    PoolOptions pool,
    TimeProvider time,
    ILogger<ManageNodes> logger
)
{
    [Function("DrainNode")]
    public Task<IResult> DrainAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = Routes.NodeDrain)] HttpRequest request,
        string nodeName,
        CancellationToken cancellationToken
    ) => SetDrainedAsync(request, nodeName, isDrained: true, cancellationToken);

    [Function("UndrainNode")]
    public Task<IResult> UndrainAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Routes.NodeDrain)] HttpRequest request,
        string nodeName,
        CancellationToken cancellationToken
    ) => SetDrainedAsync(request, nodeName, isDrained: false, cancellationToken);

    [Function("RemoveNode")]
    public async Task<IResult> RemoveAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = Routes.Node)] HttpRequest request,
        string nodeName,
        CancellationToken cancellationToken
    )
    {
        if (!Caller.Of<UserCaller>(request).IsOperator)
        {
            return Problems.Forbidden;
        }
        var seenLately = LeaseRules.SeenLately(pool.LeaseDuration);
        var removal = await nodes.RemoveAsync(nodeName, time.GetUtcNow() - seenLately, cancellationToken);
        switch (removal)
        {
            case NodeRemoval.NotFound:
                return NotFound;
            case NodeRemoval.HoldsRuns:
                return Problems.Of(
                    StatusCodes.Status409Conflict,
                    "node_holds_runs",
                    "Runs are on this node: drain it and wait for their end, or cancel them."
                );
            case NodeRemoval.IsThere:
                return Problems.Of(
                    StatusCodes.Status409Conflict,
                    "node_is_there",
                    $"This node still asks for work: stop its agent, and remove it {seenLately.TotalSeconds:0} seconds later."
                );
            default:
                Removed(nodeName);
                return Results.NoContent();
        }
    }

    private static IResult NotFound =>
        Problems.Of(StatusCodes.Status404NotFound, "node_not_found", "There is no node of this name.");

    private async Task<IResult> SetDrainedAsync(
        HttpRequest request,
        string nodeName,
        bool isDrained,
        CancellationToken cancellationToken
    )
    {
        if (!Caller.Of<UserCaller>(request).IsOperator)
        {
            return Problems.Forbidden;
        }
        if (!await nodes.DrainAsync(nodeName, isDrained, cancellationToken))
        {
            return NotFound;
        }
        DrainSet(nodeName, isDrained ? "is drained: it gets no new runs" : "gets runs again");
        var node = (await nodes.ListAsync(cancellationToken)).FirstOrDefault(each => each.Name == nodeName);
        return node is null ? NotFound : Answers.Json(NodeMapper.ToResource(node, pool, time.GetUtcNow()));
    }

    [LoggerMessage(1, LogLevel.Information, "Node {Node} {What}, as an operator decided.")]
    private partial void DrainSet(string node, string what);

    [LoggerMessage(2, LogLevel.Information, "Node {Node} is forgotten, as an operator decided.")]
    private partial void Removed(string node);
}
