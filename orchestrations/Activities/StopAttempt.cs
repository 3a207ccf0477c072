using Microsoft.Azure.Functions.Worker;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Pools;

namespace Trainyard.Orchestrations.Activities;

public sealed record StopAttemptRequest
{
    public required RunId RunId { get; init; }

    public required int Attempt { get; init; }
}

public sealed record StopAttemptResult
{
    public required CancelOutcome Outcome { get; init; }
}

/// <summary>Takes a queued attempt out of the queue, or asks the node of a leased attempt to stop.</summary>
public sealed class StopAttempt(IDispatchQueue queue)
{
    [Function(nameof(StopAttempt))]
    public async Task<StopAttemptResult> RunAsync(
        [ActivityTrigger] StopAttemptRequest request,
        CancellationToken cancellationToken
    ) => new() { Outcome = await queue.CancelAsync(request.RunId, request.Attempt, cancellationToken) };
}
