using Trainyard.Contracts.Runs;

namespace Trainyard.Contracts;

/// <summary>Who waits in a pool, as <c>/v3/queue</c> shows it to operators.</summary>
public sealed record QueueListResource
{
    public required string Pool { get; init; }

    /// <summary>All that wait, also those that are not listed.</summary>
    public required int Waiting { get; init; }

    /// <summary>The first of them, in the order of the queue.</summary>
    public required IReadOnlyList<WaitingRunResource> Resources { get; init; }
}

/// <summary>A run that waits for a node.</summary>
public sealed record WaitingRunResource
{
    public required RunId Id { get; init; }

    /// <summary>Left out when its record went away meanwhile, like the name and the time.</summary>
    public Owner? Owner { get; init; }

    public string? Name { get; init; }

    public DateTimeOffset? SubmittedAt { get; init; }

    public required int NeededGpus { get; init; }

    /// <summary>Where it stands; left out when it left the queue meanwhile.</summary>
    public QueueResource? Queue { get; init; }

    /// <summary>What it waits for.</summary>
    public ReasonResource? Reason { get; init; }
}
