using System.Text.Json;

namespace Trainyard.Core.Pools;

/// <summary>The state of a node, as operators see it.</summary>
public enum NodeState
{
    /// <summary>The node takes runs.</summary>
    Ready,

    /// <summary>The node takes no runs, for a reason that its agent reports.</summary>
    OutOfOrder,

    /// <summary>An operator drained the node, and it still has runs.</summary>
    Draining,

    /// <summary>An operator drained the node, and it has no runs left.</summary>
    Drained,

    /// <summary>The node failed several runs in a row and gets none for a while.</summary>
    SetAside,

    /// <summary>The node was not seen recently.</summary>
    Silent,

    /// <summary>The node never gets runs again.</summary>
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

    /// <summary>The name on the wire, such as <c>set_aside</c>.</summary>
    public static string NameOf(NodeState state) => JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString());
}
