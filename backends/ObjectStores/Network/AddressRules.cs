using System.Net;
using System.Net.Sockets;

namespace Trainyard.Backends.ObjectStores.Network;

/// <summary>Decides to which addresses a manifest may make the service connect.</summary>
internal static class AddressRules
{
    // Link-local addresses (among them the metadata services of most clouds) and metadata services elsewhere.
    private static readonly IPNetwork[] Never =
    [
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("fe80::/10"),
        IPNetwork.Parse("fd00:ec2::254/128"),
        IPNetwork.Parse("fd20:ce::254/128"),
        IPNetwork.Parse("100.100.100.200/32"),
        IPNetwork.Parse("168.63.129.16/32"),
        IPNetwork.Parse("192.0.0.192/32"),
        IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("::/128"),
        IPNetwork.Parse("224.0.0.0/3"),
        IPNetwork.Parse("ff00::/8"),
    ];

    private static readonly IPNetwork[] Private =
    [
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("::1/128"),
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("192.0.0.0/24"),
        IPNetwork.Parse("198.18.0.0/15"),
        IPNetwork.Parse("fc00::/7"),
        IPNetwork.Parse("fec0::/10"),
        // A machine of a private network translates these addresses, whatever address they embed.
        IPNetwork.Parse("64:ff9b:1::/48"),
        IPNetwork.Parse("2001::/32"),
        IPNetwork.Parse("2002::/16"),
    ];

    // IPv6 networks that embed an IPv4 address, and the offset of its four bytes.
    private static readonly (IPNetwork Network, int Offset)[] Embedding =
    [
        (IPNetwork.Parse("64:ff9b::/96"), 12),
        (IPNetwork.Parse("64:ff9b:1::/48"), 12),
        (IPNetwork.Parse("::/96"), 12),
        (IPNetwork.Parse("2002::/16"), 2),
    ];

    public static bool MayReach(IPAddress address, bool allowPrivate) =>
        Spellings(address).All(spelling => IsAllowed(spelling, allowPrivate));

    /// <summary>The address and, if it embeds an IPv4 address, that one too.</summary>
    public static IEnumerable<IPAddress> Spellings(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return [address.MapToIPv4()];
        }
        var isSpecial = address.Equals(IPAddress.IPv6Loopback) || address.Equals(IPAddress.IPv6Any);
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || isSpecial)
        {
            return [address];
        }
        var bytes = address.GetAddressBytes();
        return
        [
            address,
            .. Embedding
                .Where(embedding => embedding.Network.Contains(address))
                .Select(embedding => new IPAddress(bytes.AsSpan(embedding.Offset, 4))),
        ];
    }

    private static bool IsAllowed(IPAddress address, bool allowPrivate) =>
        !Never.Any(network => network.Contains(address))
        && (allowPrivate || !Private.Any(network => network.Contains(address)));
}
