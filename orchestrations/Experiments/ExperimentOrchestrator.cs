using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Trainyard.Contracts;

namespace Trainyard.Orchestrations.Experiments;

/// <summary>
/// The life of an experiment's run. All that it knows is in its record: each round brings that up to date, starts what is to
/// start, and begins anew, so that the history is as short after a thousand training runs as after one.
/// </summary>
public static class ExperimentOrchestrator
{
    // Whoever ends tells so; this finds what could not tell, and what a training has come to.
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

/// <summary>Which run of an experiment.</summary>
public sealed record ExperimentRequest
{
    public required Guid Id { get; init; }

    public required Owner Owner { get; init; }
}
