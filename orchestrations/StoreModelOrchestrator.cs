using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Models;
using Trainyard.Orchestrations.Activities;

namespace Trainyard.Orchestrations;

public sealed record StoreModelInput
{
    public required RunId RunId { get; init; }

    public ModelCopy Copy { get; init; } = new();
}

/// <summary>Copies a run's model of any size into the repository, in steps that continue after a restart.</summary>
public static class StoreModelOrchestrator
{
    /// <summary>The instance id; separate from the run's own orchestration.</summary>
    public static string InstanceOf(RunId run) => $"{run}-model";

    [Function(nameof(StoreModelOrchestrator))]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var input = context.GetInput<StoreModelInput>()!;
        var copy = await context.CallActivityAsync<ModelCopy>(
            nameof(CopyModel),
            new CopyModelRequest { RunId = input.RunId, Copy = input.Copy },
            RetryPolicies.OwnStores
        );
        if (!copy.IsWhole)
        {
            context.ContinueAsNew(input with { Copy = copy });
        }
    }
}
