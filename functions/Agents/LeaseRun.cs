using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Hosting;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools;
using Trainyard.Functions.Runs;
using Trainyard.Functions.Web;
using Trainyard.Orchestrations;

namespace Trainyard.Functions.Agents;

/// <summary>POST agents/v1/leases: a node's long poll for work.</summary>
public sealed class LeaseRun(
    IDispatchQueue queue,
    NodeTasks tasks,
    NodePolicy policy,
    RunEvents events,
    PoolOptions pool,
    IHostApplicationLifetime lifetime
)
{
    [Function(nameof(LeaseRun))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Routes.Leases)] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        var body = await Answers.ReadAsync<LeaseRequest>(request, cancellationToken);
        if (AgentInput.Refusal(body) is { } refusal)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "invalid_offer", refusal);
        }
        if (!OfferedFacts.AreWithinLimits(body.Offer.Facts))
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "invalid_offer", "The node says too much of itself.");
        }
        var wait = TimeSpan.FromSeconds(body.WaitSeconds);
        // A service that stops ends its long polls at once.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken,
            lifetime.ApplicationStopping
        );
        try
        {
            var offered = body.Offer with { Problem = AgentInput.Shortened(body.Offer.Problem) };
            var offer = await policy.ApplyAsync(OfferedFacts.Complete(offered, pool), stopping.Token);
            return await LeaseAsync(client, offer, wait, stopping.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return Results.NoContent();
        }
    }

    private async Task<IResult> LeaseAsync(
        DurableTaskClient client,
        NodeOffer offer,
        TimeSpan wait,
        CancellationToken cancellationToken
    )
    {
        while (await queue.LeaseAsync(offer, wait, cancellationToken) is { } lease)
        {
            if (
                await tasks.CreateAsync(lease, offer, cancellationToken) is { } task
                && await IsMovedAsync(client, lease, cancellationToken)
            )
            {
                return Answers.Json(task);
            }
            // The run was deleted while it waited, or its orchestration is gone.
            await queue.FinishAsync(lease.RunId, lease.Attempt, cancellationToken);
        }
        return Results.NoContent();
    }

    private async Task<bool> IsMovedAsync(DurableTaskClient client, Lease lease, CancellationToken cancellationToken) =>
        await events.SendAsync(client, lease.RunId, new RunLeased(lease.Attempt), cancellationToken)
        is EventDelivery.Taken;
}
