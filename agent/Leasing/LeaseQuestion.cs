using System.Net;
using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Leasing;

/// <summary>Sends one lease request to the service.</summary>
internal sealed class LeaseQuestion(ServiceClient service, PoolKey key)
{
    /// <summary>The time that an answer may take on top of the long poll.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(15);

    /// <returns>Null when the service had no run in time.</returns>
    /// <exception cref="PoolKeyRefusedException">The key is missing or does not belong to the pool.</exception>
    public async Task<NodeTask?> AskAsync(NodeOffer offer, TimeSpan wait, CancellationToken cancellationToken)
    {
        var body = new LeaseRequest { Offer = offer, WaitSeconds = wait.TotalSeconds };
        var call = ServiceCall.PostJson(AgentRoutes.Leases, key.Read(), body) with { Timeout = wait + Slack };
        try
        {
            return await service.SendAsync<NodeTask>(call, cancellationToken);
        }
        catch (ServiceRefusedException e) when (e.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw new PoolKeyRefusedException(e.Message) { Answered = true };
        }
    }
}
