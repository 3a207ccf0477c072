using System.Net;
using Trainyard.Agent.Jobs;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Networks;
using Trainyard.Agent.Settings;
using Trainyard.Agent.Verbs;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Attempts;

/// <summary>
/// Brings the learners of a run together: each says when it is ready to start, and none starts before all are. The
/// service ends the wait with a cancel when a learner fails, is lost, or takes longer than downloads may.
/// </summary>
internal sealed class LearnerRendezvous(NodeServices node, AttemptContext context, PhaseReports phases)
{
    // The service answers after 30 seconds at the latest; a busy one a little later.
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(60);

    // Keeps a service that answers at once from being asked without a pause.
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(500);

    /// <returns>The variables for the command, and the learners' names and addresses.</returns>
    /// <exception cref="OperationCanceledException">The attempt is stopped.</exception>
    /// <exception cref="LearnersApartException">The learners' commands could not reach each other.</exception>
    public async Task<LearnerPlaces> RunAsync(CancellationToken cancellationToken)
    {
        var task = context.Task;
        if (NoNetwork() is { } why)
        {
            throw new LearnersApartException(why, IsOwnFault: true);
        }
        var address = await OwnAddressAsync(cancellationToken);
        // Held while the others get ready, so that no other run of this node takes it.
        using var port = HeldPort.Take(AnyOf(address));
        context.Log.AppendLine($"Learner {task.Learner} of {task.Learners} is ready and waits for the others.");
        Log.RendezvousWaits(node.Logger, task.RunId, task.Attempt, task.Learner, task.Learners);
        phases.ReportProgress("waits for the other learners");
        var places = Read(await AskAsync(new IPEndPoint(address, port.Number), cancellationToken));
        var hosts = new LearnerHosts(task.Learner, [.. places.Select(place => place.Address)]);
        LearnerReach.Check(hosts, node.Network.Access);
        context.Log.AppendLine($"All {task.Learners} learners are ready; they meet at {places[0]}.");
        Log.RendezvousMet(node.Logger, task.RunId, task.Attempt, task.Learners, places[0].ToString());
        return new LearnerPlaces(hosts, places[0].Port);
    }

    private async Task<IReadOnlyList<LearnerPlace>> AskAsync(IPEndPoint own, CancellationToken cancellationToken)
    {
        var request = new RendezvousRequest { Address = own.Address.ToString(), Port = own.Port };
        var call = context.Client.Routes.Rendezvous(request) with { Timeout = CallTimeout };
        while (true)
        {
            if (await context.Client.FetchAsync<RendezvousAnswer>(call, cancellationToken) is { } answer)
            {
                return answer.Learners;
            }
            await Task.Delay(LeastPause, node.Time, cancellationToken);
        }
    }

    private List<IPEndPoint> Read(IReadOnlyList<LearnerPlace> learners)
    {
        var places = learners.OrderBy(learner => learner.Learner).Select(Read).OfType<IPEndPoint>().ToList();
        return places.Count == context.Task.Learners
            ? places
            : throw new InvalidDataException("the service's list of the learners' addresses cannot be read");
    }

    private static IPEndPoint? Read(LearnerPlace place) =>
        IPAddress.TryParse(place.Address, out var address) && place.Port is > 0 and <= IPEndPoint.MaxPort
            ? new IPEndPoint(address, place.Port)
            : null;

    private string? NoNetwork() =>
        node.Network.Access is NetworkAccess.None ? "its commands have no network (Pool__Network=none)"
        : context.Task.Image is not null && node.Options.ContainerNetwork is not ContainerNetwork.Host
            ? "its containers do not have the node's network (Agent__ContainerNetwork)"
        : null;

    private async Task<IPAddress> OwnAddressAsync(CancellationToken cancellationToken) =>
        node.Options.Address is { Length: > 0 } set
            ? IPAddress.Parse(set)
            : await NodeAddress.TowardsAsync(node.Address.Resolve(""), cancellationToken);

    private static IPAddress AnyOf(IPAddress address) =>
        address.AddressFamily is System.Net.Sockets.AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;
}

/// <summary>Where the learners of a run are, and the port where they meet.</summary>
internal sealed record LearnerPlaces(LearnerHosts Hosts, int Port);
