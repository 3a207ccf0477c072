using System.Net;
using System.Net.NetworkInformation;

namespace Trainyard.Backends.ObjectStores.Network;

/// <summary>
/// The addresses of this machine's interfaces, including public ones. Reread after a while, because they change.
/// </summary>
internal sealed class OwnAddresses(TimeProvider time)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(30);

    private (HashSet<IPAddress> Addresses, DateTimeOffset At)? _last;

    public bool Contains(IPAddress address) => AddressRules.Spellings(address).Any(Current().Contains);

    private HashSet<IPAddress> Current()
    {
        var now = time.GetUtcNow();
        if (_last is { } known && now - known.At < KeptFor && now >= known.At)
        {
            return known.Addresses;
        }
        HashSet<IPAddress> addresses =
        [
            .. NetworkInterface
                .GetAllNetworkInterfaces()
                .SelectMany(network => network.GetIPProperties().UnicastAddresses)
                .Select(found => WithoutZone(found.Address)),
        ];
        _last = (addresses, now);
        return addresses;
    }

    private static IPAddress WithoutZone(IPAddress address) => new(address.GetAddressBytes());
}
