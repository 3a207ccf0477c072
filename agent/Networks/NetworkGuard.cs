using System.Text;
using Microsoft.Extensions.Logging;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Processes;
using Trainyard.Agent.Sandboxes;
using Trainyard.Agent.Settings;

namespace Trainyard.Agent.Networks;

/// <summary>Blocks the parts of the network that the pool does not allow commands.</summary>
internal sealed class NetworkGuard : IDisposable
{
    private static readonly string[] BridgedToRules = ["bridge-nf-call-iptables", "bridge-nf-call-ip6tables"];
    private readonly Lock _gate = new();
    private Task _following = Task.CompletedTask;
    private readonly string? _nft;
    private NetworkRules? _rules;
    private NetworkRules? _applied;
    private NftSession? _session;

    private NetworkGuard(NetworkAccess access, NetworkRules? rules = null, string? nft = null)
    {
        Access = access;
        _rules = rules;
        _nft = nft;
    }

    /// <summary>A guard without rules: commands have the node's network.</summary>
    public static NetworkGuard Open { get; } = new(NetworkAccess.All);

    /// <summary>The access that is enforced here.</summary>
    public NetworkAccess Access { get; }

    /// <param name="wanted">The demanded access; null for guarded access where the node can enforce it.</param>
    /// <param name="sandbox">The sandbox of the commands; the rules are made while it is still being tried.</param>
    /// <param name="node">The node's name.</param>
    /// <param name="firstUser">The first of the users that commands run as.</param>
    /// <param name="servicePort">The port of a service on this machine; null for a service elsewhere.</param>
    /// <param name="logger">Gets the reason when no rules are enforced.</param>
    /// <exception cref="NetworkRulesUnavailableException">The demanded rules cannot be enforced here.</exception>
    public static async Task<NetworkGuard> BeginAsync(
        NetworkAccess? wanted,
        Task<ISandbox> sandbox,
        string node,
        int firstUser,
        int? servicePort,
        ILogger logger
    )
    {
        if (wanted is NetworkAccess.All)
        {
            return Open;
        }
        var access = wanted ?? NetworkAccess.Guarded;
        try
        {
            return await BeginAsync(access, sandbox, RulesOf(access, node, (uint)firstUser), servicePort);
        }
        catch (NetworkRulesUnavailableException e) when (wanted is null)
        {
            NodeLog.NetworkOpen(logger, e.Why);
            return Open;
        }
    }

    /// <summary>
    /// Applies the rules again when the service on this machine is back on another port, or when nft failed or ended.
    /// </summary>
    /// <exception cref="NetworkRulesUnavailableException">The kernel refuses the rules.</exception>
    public Task FollowAsync(int? servicePort)
    {
        lock (_gate)
        {
            if (_rules is not null && _following.IsCompleted)
            {
                _rules = _rules with { ServicePort = servicePort };
                if (IsOutdated)
                {
                    _applied = _rules;
                    _following = ApplyAsync(_rules);
                }
            }
            return _following;
        }
    }

    /// <summary>Applies the rules to the bridges of containers that have a network of their own, too.</summary>
    /// <param name="bridges">The names of the bridges; null where containers have the node's network, or none.</param>
    /// <exception cref="NetworkRulesUnavailableException">The rules cannot be enforced on them.</exception>
    public async Task CoverAsync(IReadOnlyList<string>? bridges)
    {
        if (_rules is null || bridges is null)
        {
            return;
        }
        if (bridges.Count == 0)
        {
            throw new NetworkRulesUnavailableException(
                Access,
                "containers get a network of their own without a bridge"
            );
        }
        if (Access is NetworkAccess.Public && !SeesBridged)
        {
            throw new NetworkRulesUnavailableException(
                Access,
                "containers of one bridge reach each other, because net.bridge.bridge-nf-call-iptables and -ip6tables are not 1"
            );
        }
        try
        {
            await ApplyWithAsync(bridges);
        }
        catch (NetworkRulesUnavailableException)
        {
            // Commands outside of containers go on under the rules that work.
            await ApplyWithAsync([]);
            throw;
        }
    }

    private async Task ApplyWithAsync(IReadOnlyList<string> bridges)
    {
        Task before;
        int? servicePort;
        lock (_gate)
        {
            _rules = _rules! with { Bridges = bridges };
            servicePort = _rules.ServicePort;
            before = _following;
        }
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await FollowAsync(servicePort);
    }

    public void Dispose() => _session?.Dispose();

    private static async Task<NetworkGuard> BeginAsync(
        NetworkAccess access,
        Task<ISandbox> sandbox,
        NetworkRules rules,
        int? servicePort
    )
    {
        var needsRules = access is not NetworkAccess.None;
        var nft = Environment.IsPrivilegedProcess && needsRules ? ProgramSearch.Find("nft") : null;
        var guard = new NetworkGuard(access, nft is null ? null : rules, nft);
        try
        {
            var following = sandbox is { IsCompletedSuccessfully: true, Result: not BubblewrapSandbox }
                ? Task.CompletedTask
                : guard.FollowAsync(servicePort);
            if (await sandbox is not BubblewrapSandbox)
            {
                throw new NetworkRulesUnavailableException(access, "commands have no sandbox");
            }
            if (needsRules && nft is null)
            {
                var why = Environment.IsPrivilegedProcess ? "nft is not installed" : "the agent is not root";
                throw new NetworkRulesUnavailableException(access, why);
            }
            await following;
            return guard;
        }
        catch
        {
            guard.Dispose();
            throw;
        }
    }

    // Whether rules see what containers send to others of their bridge; else they see only what leaves the bridge.
    private static bool SeesBridged
    {
        get
        {
            try
            {
                return Array.TrueForAll(
                    BridgedToRules,
                    name => File.ReadAllText($"/proc/sys/net/bridge/{name}").Trim() == "1"
                );
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    private bool IsOutdated => _applied != _rules || _following.IsFaulted || _session is { HasEnded: true };

    /// <summary>The name of a node's table.</summary>
    internal static string TableOf(string node) =>
        $"trainyard_{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(node))}";

    private static NetworkRules RulesOf(NetworkAccess access, string node, uint firstUser) =>
        new(TableOf(node), firstUser, CommandUser.LastOf(firstUser))
        {
            NameServers = NameServers.Read(),
            RefusesPrivate = access is NetworkAccess.Public,
        };

    private async Task ApplyAsync(NetworkRules rules)
    {
        try
        {
            if (_session is null or { HasEnded: true })
            {
                _session?.Dispose();
                _session = NftSession.Start(_nft!);
            }
            await _session.RunAsync(rules.Apply);
        }
        catch (IOException e)
        {
            throw new NetworkRulesUnavailableException(Access, $"nft: {e.Message}");
        }
    }
}

/// <summary>The network rules that the settings demand cannot be enforced here.</summary>
internal sealed class NetworkRulesUnavailableException(NetworkAccess access, string why)
    : Exception($"Pool__Network={access.ToString().ToLowerInvariant()} cannot be held here: {why}.")
{
    public string Why { get; } = why;
}
