using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Core.Pools;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Runs;

/// <summary>A run's position in the queue, as a resource for clients.</summary>
internal static class QueueResources
{
    private const double SecondsPerHour = 3600;

    public static QueueResource Of(QueuePosition position)
    {
        var queue = new QueueResource
        {
            Pool = position.Pool,
            Ahead = position.Ahead,
            NeededGpus = position.NeededGpus,
            NeededDiskBytes = position.NeededDiskBytes > 0 ? position.NeededDiskBytes : null,
            NeededNodes = position.NeededNodes > 1 ? position.NeededNodes : null,
            FreeNodes = position.NeededNodes > 1 ? position.FreeNodes : null,
            FreeSlots = position.FreeSlots,
        };
        return position.Standing is { } standing ? With(queue, standing, LackOf(position)) : queue;
    }

    private static QueueResource With(QueueResource queue, RunStanding standing, string? lack) =>
        queue with
        {
            Hold = lack ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(standing.Hold.ToString()),
            Limit = standing.Limit > 0 ? standing.Limit : null,
            StartsAt = standing.StartsAt,
            StartBasis = BasisOf(standing),
            StartIsPromised = standing.StartsAt is null ? null : standing.IsPromised,
            Share = new ShareResource(
                Math.Round(standing.OwnerUsage / SecondsPerHour, 3),
                Math.Round(standing.OwnerPart, 3),
                Math.Round(standing.OwnerShare, 3)
            ),
        };

    private static string? LackOf(QueuePosition position) =>
        position.Lacking is not null ? "no_node_fits"
        : position.AreNodesTooFew ? "too_few_nodes"
        : null;

    private static string? BasisOf(RunStanding standing) =>
        standing switch
        {
            { StartsAt: null } => null,
            { Hold: RunHold.NotDue } => "retry_delay",
            { Hold: RunHold.Preempting } => "preemption",
            { IsPromised: true } => "promise",
            { IsFromHistory: true } => "history",
            _ => "max_duration",
        };
}
