using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Trainyard.Contracts.Runs;
using Trainyard.Orchestrations.Activities;
using Trainyard.Orchestrations.Ending;

namespace Trainyard.Orchestrations;

/// <summary>What is stored once more, and how the run ends then.</summary>
public sealed record StoreResultsRequest
{
    public required RunId RunId { get; init; }

    public required RunVerdict Verdict { get; init; }
}

/// <summary>
/// Stores what an ended run left and its bucket did not take, with the credentials that its owner has sent since. It goes by the
/// run's own id, in the place of the orchestration that has ended, so that whatever asks for that finds this.
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
