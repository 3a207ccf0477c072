using Trainyard.Contracts.Nodes;
using Trainyard.Core.Pools;

namespace Trainyard.Functions.Http;

/// <summary>Maps a node to the form that operators see.</summary>
internal static class NodeMapper
{
    public static NodeResource ToResource(PoolNode node, PoolOptions pool, DateTimeOffset now) =>
        new()
        {
            Name = node.Name,
            Pool = node.Pool,
            Gpus = node.Gpus,
            Slots = node.Slots,
            FreeSlots = node.Facts?.Problem is null ? node.FreeSlots : 0,
            State = NodeStates.NameOf(NodeStates.Of(node, pool.LeaseDuration, now)),
            SeenAt = node.SeenAt,
            Sandbox = node.Sandbox,
            Provides = node.Facts,
            Failures = node.Standing.Failures,
            SetAsideUntil = node.SetAsideUntil,
            Reason = node.Facts?.Problem ?? (node.Standing.Reason.Length > 0 ? node.Standing.Reason : null),
        };
}
