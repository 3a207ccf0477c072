using System.Net;
using System.Net.Sockets;

namespace Trainyard.Agent.Networks;

/// <summary>The address by which other nodes reach this one.</summary>
internal static class NodeAddress
{
    /// <summary>The address that this machine speaks to the service with.</summary>
    /// <exception cref="SocketException">The service's name has no address, or no route leads there.</exception>
    public static async Task<IPAddress> TowardsAsync(Uri service, CancellationToken cancellationToken)
    {
        var known = await Dns.GetHostAddressesAsync(service.IdnHost, cancellationToken);
        var to = known.OrderBy(address => address.AddressFamily is not AddressFamily.InterNetwork).First();
        using var socket = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        // Connecting a datagram socket sends nothing; it only chooses the route, and with it the address.
        await socket.ConnectAsync(new IPEndPoint(to, service.Port), cancellationToken);
        return ((IPEndPoint)socket.LocalEndPoint!).Address;
    }

    /// <summary>Whether the pool's rules call it a private network.</summary>
    public static bool IsPrivate(IPAddress address) => PrivateNetworks.Any(network => network.Contains(address));

    private static readonly IPNetwork[] PrivateNetworks =
    [
        .. NetworkRules.Private.Concat(NetworkRules.Private6).Select(IPNetwork.Parse),
    ];
}
