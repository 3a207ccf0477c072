using System.Text;
using Microsoft.Extensions.Logging;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Sandboxes;
using Trainyard.Agent.Settings;

namespace Trainyard.Agent.Networks;

/// <summary>Blocks the parts of the network that the pool does not allow commands.</summary>
internal sealed class NetworkGuard : IDisposable
{
    private readonly Lock _gate = new();
    private Task _following = Task.CompletedTask;
    private readonly NetworkRules? _rules;
    private readonly string? _nft;
    private NftSession? _session;
    private int? _port;

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
            if (_rules is not null && _following.IsCompleted && IsOutdated(servicePort))
            {
                _port = servicePort;
                _following = ApplyAsync(_rules with { ServicePort = servicePort });
            }
            return _following;
        }
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
        var nft = Environment.IsPrivilegedProcess && needsRules ? Shell.FindProgram("nft") : null;
        var guard = new NetworkGuard(access, nft is null ? null : rules, nft) { _port = -1 };
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

    private bool IsOutdated(int? servicePort) =>
        _port != servicePort || _following.IsFaulted || _session is { HasEnded: true };

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
