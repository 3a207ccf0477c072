using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Trainyard.Contracts.Runs;
using Trainyard.Orchestrations.Activities;
using Trainyard.Orchestrations.Ending;

namespace Trainyard.Orchestrations;

/// <summary>Which results to store again, and how the run ends afterwards.</summary>
public sealed record StoreResultsRequest
{
    public required RunId RunId { get; init; }

    public required RunVerdict Verdict { get; init; }
}

/// <summary>
/// Stores the results of an ended run that its bucket refused before, with the credentials that the owner has sent
/// since. Its instance id is the run's id, like that of the ended orchestration, so that queries and events reach it.
/// </summary>
public static class StoreResultsOrchestrator
{
    [Function(nameof(StoreResultsOrchestrator))]
    public static async Task<RunVerdict> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var request = context.GetInput<StoreResultsRequest>()!;
        var signals = new RunSignals(context);
        var reset = new ResetStoringRequest { RunId = request.RunId };
        await context.CallActivityAsync(nameof(ResetStoring), reset, RetryPolicies.OwnStores);
        var verdict = await new ResultsStorage(context, request.RunId, signals).StoreAsync(request.Verdict);
        var finish = new FinishRunRequest { RunId = request.RunId, Verdict = verdict };
        await context.CallActivityAsync(nameof(FinishRun), finish, RetryPolicies.OwnStores);
        return verdict;
    }
}
