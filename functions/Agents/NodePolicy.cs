using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Trainyard.Contracts.Agents;
using Trainyard.Core.Security;

namespace Trainyard.Functions.Agents;

/// <summary>
/// Warns operators about nodes without a sandbox and nodes that are out of order. Without a sandbox, a command has the
/// rights of the agent's user; on the service's own machine that is often the operator. When there are keys of several
/// owners, such a node gets no runs unless the operator chose that setting by name.
/// </summary>
public sealed partial class NodePolicy(KeyOwners owners, TimeProvider time, ILogger<NodePolicy> logger)
{
    private const string None = "none";

    private const string NoWalls =
        "it has no sandbox, and there are keys of several owners. Install bubblewrap there, or set Agent__Sandbox=none to run all owners' commands so";

    /// <summary>Nodes that have not asked for this long are left out of the warnings.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, Notice> _notices = new();

    /// <summary>One sentence for each of these nodes that asked within the last five minutes.</summary>
    public IReadOnlyList<string> Warnings =>
        [
            .. _notices
                .Where(n => n.Value.SeenAt > time.GetUtcNow() - Lately)
                .OrderBy(n => n.Key, StringComparer.Ordinal)
                .Select(n => $"Node {n.Key} {n.Value.Text}"),
        ];

    /// <summary>The part of an offer that may be used.</summary>
    public async Task<NodeOffer> ApplyAsync(NodeOffer offer, CancellationToken cancellationToken)
    {
        var isOpen = offer.Sandbox is None;
        var isRefused = isOpen && !offer.SandboxChosen && await owners.AreSeveralAsync(cancellationToken);
        if (offer.Problem is { } problem)
        {
            Note(offer, $"is out of order and takes no runs: {problem}");
        }
        else if (isRefused)
        {
            Note(offer, $"gets no runs: {NoWalls}");
        }
        else if (isOpen)
        {
            Note(offer, $"runs commands without a sandbox, {Rights(offer)}. Install bubblewrap there");
        }
        else
        {
            _notices.TryRemove(offer.Node, out _);
        }
        return isRefused ? offer with { FreeSlots = 0, Facts = WithoutWalls(offer.Facts) } : offer;
    }

    private static NodeCapabilities? WithoutWalls(NodeCapabilities? facts) =>
        facts is null ? null : facts with { Problem = NoWalls };

    private static string Rights(NodeOffer offer) =>
        offer.CommandsAsRoot ? "with all rights on the machine" : "with all rights of the agent's user";

    private void Note(NodeOffer offer, string text)
    {
        _notices.TryGetValue(offer.Node, out var before);
        _notices[offer.Node] = new Notice(text, time.GetUtcNow());
        if (before?.Text != text)
        {
            NodeNeedsAttention(offer.Node, text);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Node {Node} {What}.")]
    private partial void NodeNeedsAttention(string node, string what);

    private sealed record Notice(string Text, DateTimeOffset SeenAt);
}
