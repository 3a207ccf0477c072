using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Trainyard.Contracts;

namespace Trainyard.Orchestrations.Experiments;

/// <summary>
/// The life of an experiment's run. Its whole state is in its record: each round updates the record, starts the next
/// training runs and continues as new, so that the history stays short however many training runs there are.
/// </summary>
public static class ExperimentOrchestrator
{
    // Ended training runs send an event. This poll covers lost events, and reads the progress of running ones.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    [Function(nameof(ExperimentOrchestrator))]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var request = context.GetInput<ExperimentRequest>()!;
        var moved = context.WaitForExternalEvent<ExperimentMoved>(ExperimentMoved.Name);
        var goesOn = await context.CallActivityAsync<bool>(nameof(MoveExperiment), request, RetryPolicies.OwnStores);
        if (!goesOn)
        {
            await context.CallActivityAsync(nameof(FinishExperiment), request, RetryPolicies.OwnStores);
            return;
        }
        using var awake = new CancellationTokenSource();
        await Task.WhenAny(moved, context.CreateTimer(LookAgain, awake.Token));
        awake.Cancel();
        context.ContinueAsNew(request);
    }
}

/// <summary>Identifies a run of an experiment.</summary>
public sealed record ExperimentRequest
{
    public required Guid Id { get; init; }

    public required Owner Owner { get; init; }
}
