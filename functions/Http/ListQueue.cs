using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools;
using Trainyard.Core.Runs;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Http;

/// <summary>GET /v3/queue: the runs that wait in a pool and what they wait for, for operators.</summary>
public sealed class ListQueue(IPoolLoad loads, IRunStore runs, PoolOptions pool, TimeProvider time)
{
    // Each listed run costs a read of its record; runs further back are only counted.
    private const int MostListed = 100;

    [Function(nameof(ListQueue))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = Routes.Queue)] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        if (!Caller.Of<UserCaller>(request).IsOperator)
        {
            return Problems.Forbidden;
        }
        var name = request.Query["pool"] is [{ Length: > 0 } asked, ..] ? asked : pool.Name;
        if (!PoolNames.IsName(name) && name != pool.Name)
        {
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                "invalid_pool",
                $"pool is the name of one: {PoolNames.Rule}."
            );
        }
        var load = await loads.ReadAsync(name, cancellationToken);
        var positions = new QueuePositions(load, pool, name, time.GetUtcNow());
        var listed = new List<WaitingRunResource>();
        foreach (var waiting in load.Waiting.Take(MostListed))
        {
            listed.Add(await ToResourceAsync(waiting, positions, cancellationToken));
        }
        return Answers.Json(
            new QueueListResource
            {
                Pool = name,
                Waiting = load.WaitingCount ?? load.Waiting.Count,
                Resources = listed,
            }
        );
    }

    private async Task<WaitingRunResource> ToResourceAsync(
        WaitingRun waiting,
        QueuePositions positions,
        CancellationToken cancellationToken
    )
    {
        var run = (await runs.GetAsync(waiting.RunId, cancellationToken))?.Run;
        var position = positions.Find(waiting.RunId);
        var reason = QueueReasons.Of(position);
        return new WaitingRunResource
        {
            Id = waiting.RunId,
            Owner = run?.Owner,
            Name = run?.Manifest.Name,
            SubmittedAt = run?.SubmittedAt,
            NeededGpus = waiting.Needs.Gpus,
            Queue = position is null ? null : RunResourceMapper.ToResource(position),
            Reason = reason is null ? null : new ReasonResource(reason.Code, reason.Message, reason.Fault),
        };
    }
}
