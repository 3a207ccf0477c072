using Microsoft.DurableTask.Client;

namespace Trainyard.Runtime.Engine.Storage;

/// <summary>Selects the instances of a query or purge. Times are inclusive.</summary>
internal sealed record InstanceFilter(
    DateTime CreatedFrom,
    DateTime CreatedTo,
    IReadOnlyList<OrchestrationRuntimeStatus> Statuses
)
{
    private static readonly OrchestrationRuntimeStatus[] All =
    [
        OrchestrationRuntimeStatus.Running,
        OrchestrationRuntimeStatus.Completed,
        OrchestrationRuntimeStatus.Failed,
        OrchestrationRuntimeStatus.Terminated,
        OrchestrationRuntimeStatus.Pending,
        OrchestrationRuntimeStatus.Suspended,
    ];

    public static InstanceFilter Of(
        DateTimeOffset? from,
        DateTimeOffset? to,
        IEnumerable<OrchestrationRuntimeStatus>? statuses
    )
    {
        var asked = statuses?.Distinct().ToList() ?? [];
        return new InstanceFilter(
            from?.UtcDateTime ?? DateTime.MinValue,
            to?.UtcDateTime ?? DateTime.MaxValue,
            asked.Count == 0 ? All : asked
        );
    }
}

/// <summary>The position of a listing that is ordered by creation time.</summary>
internal sealed record Position(long Created, long Seq)
{
    public static readonly Position Start = new(long.MinValue, long.MinValue);
}
