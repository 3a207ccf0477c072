using System.Net;
using Trainyard.Agent.Service;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Leasing;

/// <summary>Asks the service for a run, once.</summary>
internal sealed class LeaseQuestion(ServiceClient service, PoolKey key)
{
    /// <summary>The time that the answer may take beyond the long poll's wait.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(15);

    /// <returns>The leased task; null when no run came.</returns>
    /// <exception cref="PoolKeyRefusedException">The pool key is missing or wrong.</exception>
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
