using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Trainyard.Agent.Networks;

/// <summary>The network rules that the kernel enforces on commands, as a table for <c>nft</c>.</summary>
/// <param name="Table">The name of the table, unique to the node.</param>
/// <param name="FirstUser">The first of the users that commands run as.</param>
/// <param name="LastUser">The last of these users.</param>
internal sealed record NetworkRules(string Table, uint FirstUser, uint LastUser)
{
    private const string Dns = "meta l4proto { tcp, udp } th dport 53 accept";

    // Link-local networks, with the metadata service of most clouds, and the metadata addresses of other clouds.
    private static readonly string[] Metadata = ["169.254.0.0/16", "168.63.129.16", "100.100.100.200", "192.0.0.192"];

    private static readonly string[] Metadata6 = ["fe80::/10", "fd00:ec2::254", "fd20:ce::254"];
    internal static readonly string[] Private = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];
    internal static readonly string[] Private6 = ["fc00::/7", "fec0::/10"];

    /// <summary>
    /// Name servers stay reachable at any address, because commands could use no network without names.
    /// </summary>
    public required IReadOnlyList<IPAddress> NameServers { get; init; }

    /// <summary>The port of a service on this machine; null for one elsewhere.</summary>
    public int? ServicePort { get; init; }

    /// <summary>Whether private networks are refused too.</summary>
    public bool RefusesPrivate { get; init; }

    /// <summary>
    /// The bridges of containers with a network of their own. The packets of such containers have no user on this
    /// machine.
    /// </summary>
    public IReadOnlyList<string> Bridges { get; init; } = [];

    /// <summary>
    /// The commands on one line, which nft applies in one step: the table is never incomplete and never missing.
    /// </summary>
    public string Apply =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"add table inet {Table} {{ flags owner; }}; delete table inet {Table}; table inet {Table} {{ flags owner; "
                + $"chain refused {{ {Lines(Refused)}}}; "
                + $"chain output {{ {Hook("output")} meta skuid {FirstUser}-{LastUser} jump refused; }}; "
                + $"chain forward {{ {Hook("forward")} {Lines(FromContainers)}}}; "
                + $"chain input {{ {Hook("input")} {Lines(FromContainers)}}}; }}"
        );

    private IEnumerable<string> Refused =>
        [
            .. NameServers.Select(server => $"{Family(server)} daddr {server} {Dns}"),
            .. ServicePort is { } port ? [$"fib daddr type local tcp dport {port} reject with tcp reset"] : Nothing,
            Reject("ip", Metadata),
            Reject("ip6", Metadata6),
            .. RefusesPrivate ? [Reject("ip", Private), Reject("ip6", Private6)] : Nothing,
        ];

    private IEnumerable<string> FromContainers => Bridges.Select(name => $"iifname \"{name}\" jump refused");

    private static string Hook(string hook) => $"type filter hook {hook} priority 0; policy accept;";

    private static string Lines(IEnumerable<string> rules) => string.Concat(rules.Select(rule => $"{rule}; "));

    private static string[] Nothing => [];

    private static string Reject(string family, string[] networks) =>
        $"{family} daddr {{ {string.Join(", ", networks)} }} reject";

    private static string Family(IPAddress address) =>
        address.AddressFamily is AddressFamily.InterNetworkV6 ? "ip6" : "ip";
}
