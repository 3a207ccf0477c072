using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Security;

namespace Trainyard.Functions.Agents;

/// <summary>
/// Nodes that run commands without a sandbox: a command has the rights of the agent's user there, beside this service often
/// the operator's. The operator is told where they look, and owners who may not trust each other are kept from such a node
/// unless the operator chose it by name.
/// </summary>
public sealed partial class SandboxPolicy(KeyOwners owners, TimeProvider time, ILogger<SandboxPolicy> logger)
{
    private const string None = "none";

    /// <summary>A node that has not asked for so long is no concern any more.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, Notice> notices = new();

    /// <summary>One sentence for each such node that asked lately.</summary>
    public IReadOnlyList<string> Warnings =>
        [
            .. notices
                .Where(n => n.Value.SeenAt > time.GetUtcNow() - Lately)
                .OrderBy(n => n.Key, StringComparer.Ordinal)
                .Select(n => $"Node {n.Key} {n.Value.Text}"),
        ];

    /// <summary>What of an offer may be used.</summary>
    public async Task<NodeOffer> ApplyAsync(NodeOffer offer, CancellationToken cancellationToken)
    {
        if (offer.Sandbox is not None)
        {
            notices.TryRemove(offer.Node, out _);
            return offer;
        }
        var isRefused = !offer.SandboxChosen && await owners.AreSeveralAsync(cancellationToken);
        Note(offer, isRefused);
        return isRefused ? offer with { FreeSlots = 0 } : offer;
    }

    private void Note(NodeOffer offer, bool isRefused)
    {
        var rights = offer.CommandsAsRoot ? "with all rights on the machine" : "with all rights of the agent's user";
        var text = isRefused
            ? "gets no runs: it has no sandbox, and there are keys of several owners. Install bubblewrap there, or set Agent__Sandbox=none to run all owners' commands so"
            : $"runs commands without a sandbox, {rights}. Install bubblewrap there";
        notices.TryGetValue(offer.Node, out var before);
        notices[offer.Node] = new Notice(text, time.GetUtcNow());
        if (before?.Text != text)
            WithoutSandbox(offer.Node, text);
    }

    [LoggerMessage(1, LogLevel.Warning, "Node {Node} {What}.")]
    private partial void WithoutSandbox(string node, string what);

    private sealed record Notice(string Text, DateTimeOffset SeenAt);
}
