using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Hosting;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools;
using Trainyard.Functions.Web;

namespace Trainyard.Functions.Agents;

/// <summary>POST agents/v1/leases: a node waits for work.</summary>
public sealed class LeaseRun(IDispatchQueue queue, NodeTasks tasks, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    [Function(nameof(LeaseRun))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Leases)] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        var body = await Answers.ReadAsync<LeaseRequest>(request, cancellationToken);
        if (body.Offer.FreeSlots < 0 || body.Offer.Slots < body.Offer.FreeSlots || body.Offer.Gpus < 0)
            return Problems.Of(StatusCodes.Status400BadRequest, "invalid_offer", "The node's slots do not add up.");
        var wait = TimeSpan.FromSeconds(Math.Clamp(body.WaitSeconds, 0, MaxWait.TotalSeconds));
        // A service that stops does not make its nodes wait, nor wait for them.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken,
            lifetime.ApplicationStopping
        );
        try
        {
            return await LeaseAsync(body.Offer, wait, stopping.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return Results.NoContent();
        }
    }

    private async Task<IResult> LeaseAsync(NodeOffer offer, TimeSpan wait, CancellationToken cancellationToken)
    {
        while (await queue.LeaseAsync(offer, wait, cancellationToken) is { } lease)
        {
            if (await tasks.CreateAsync(lease, offer.Node, cancellationToken) is { } task)
                return Answers.Json(task);
            // The run was deleted while it waited.
            await queue.FinishAsync(lease.RunId, lease.Attempt, cancellationToken);
        }
        return Results.NoContent();
    }
}
