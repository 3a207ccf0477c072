using Trainyard.Contracts.Runs;

namespace Trainyard.Contracts;

/// <summary>The waiting runs of a pool, as <c>/v3/queue</c> shows them to operators.</summary>
public sealed record QueueListResource
{
    public required string Pool { get; init; }

    /// <summary>The number of waiting runs, including unlisted ones.</summary>
    public required int Waiting { get; init; }

    /// <summary>The first waiting runs, in the order of the queue.</summary>
    public required IReadOnlyList<WaitingRunResource> Resources { get; init; }
}

/// <summary>A run that waits for a node.</summary>
public sealed record WaitingRunResource
{
    public required RunId Id { get; init; }

    /// <summary>The owner; left out, like the name and the time, when the run's record was deleted meanwhile.</summary>
    public Owner? Owner { get; init; }

    public string? Name { get; init; }

    public DateTimeOffset? SubmittedAt { get; init; }

    public required int NeededGpus { get; init; }

    /// <summary>The run's place in the queue; left out when the run left the queue meanwhile.</summary>
    public QueueResource? Queue { get; init; }

    /// <summary>Why the run waits.</summary>
    public ReasonResource? Reason { get; init; }
}
