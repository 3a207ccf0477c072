namespace Microsoft.DurableTask.Client;

/// <summary>Whether to purge sub-orchestrations too.</summary>
public record PurgeInstanceOptions(bool Recursive = false);

/// <summary>Which finished orchestrations to purge. Times are inclusive; null asks for all.</summary>
public record PurgeInstancesFilter(
    DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedTo = null,
    IEnumerable<OrchestrationRuntimeStatus>? Statuses = null
);

/// <summary>How many orchestrations were purged.</summary>
public class PurgeResult
{
    public PurgeResult(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        PurgedInstanceCount = count;
    }

    public PurgeResult(int count, bool? isComplete)
        : this(count) => IsComplete = isComplete;

    public int PurgedInstanceCount { get; }

    public bool? IsComplete { get; }
}
