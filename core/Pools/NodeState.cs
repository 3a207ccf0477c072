using System.Text.Json;

namespace Trainyard.Core.Pools;

/// <summary>How a node stands, as operators see it.</summary>
public enum NodeState
{
    /// <summary>It takes runs.</summary>
    Ready,

    /// <summary>Its agent says why it takes none.</summary>
    OutOfOrder,

    /// <summary>An operator lets it have no new runs, and it still has some.</summary>
    Draining,

    /// <summary>An operator lets it have no new runs, and it has none.</summary>
    Drained,

    /// <summary>It failed several runs in a row by itself, and gets none for a while.</summary>
    SetAside,

    /// <summary>It was not heard of lately.</summary>
    Silent,

    /// <summary>It gets no runs any more.</summary>
    Retired,
}

/// <summary>The state of a node, and its name on the wire.</summary>
public static class NodeStates
{
    public static NodeState Of(PoolNode node, TimeSpan leaseDuration, DateTimeOffset now) =>
        node.IsRetired ? NodeState.Retired
        : node.IsDrained ? (node.LeasedSlots > 0 ? NodeState.Draining : NodeState.Drained)
        : node.SeenAt < now - LeaseRules.SeenLately(leaseDuration) ? NodeState.Silent
        : node.SetAsideUntil is not null ? NodeState.SetAside
        : node.Facts?.Problem is not null ? NodeState.OutOfOrder
        : NodeState.Ready;

    /// <summary>Such as <c>set_aside</c>.</summary>
    public static string NameOf(NodeState state) => JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString());
}
