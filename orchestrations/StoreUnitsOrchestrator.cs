using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Trainyard.Contracts.Runs;
using Trainyard.Orchestrations.Activities;
using Trainyard.Orchestrations.Storing;

namespace Trainyard.Orchestrations;

/// <summary>
/// A range of the steps of a long plan: first its units, numbered from 0, then its pages of large files.
/// </summary>
public sealed record StoreUnitsRequest
{
    public required RunId RunId { get; init; }

    public required int Units { get; init; }

    /// <summary>The first step.</summary>
    public required int First { get; init; }

    /// <summary>The step after the last one.</summary>
    public required int End { get; init; }
}

/// <summary>Ends the storing of a long plan: no further step begins.</summary>
public sealed record StoringGivenUp
{
    public static string Name => nameof(StoringGivenUp);
}

/// <summary>
/// Stores one batch of a long plan. The run's own history gets two events per batch, however long the plan, and a
/// replay of a batch reads only its own few hundred events.
/// </summary>
public static class StoreUnitsOrchestrator
{
    /// <summary>The largest number of steps of a batch. At 16 MiB a unit, a tebibyte is 256 batches.</summary>
    public const int MostSteps = 256;

    /// <summary>The instance id of a run's batch; batches are numbered from 0.</summary>
    public static string InstanceOf(RunId id, int batch) => $"{id}-storing-{batch}";

    [Function(nameof(StoreUnitsOrchestrator))]
    public static async Task<StoringResult> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var request = context.GetInput<StoreUnitsRequest>()!;
        var givenUp = context.WaitForExternalEvent<StoringGivenUp>(StoringGivenUp.Name);
        var window = new StepWindow<StoringResult>(StepWindow.Parallel, r => r.Refusal is not null);
        try
        {
            var refused = await window.RunAsync(
                request.First,
                request.End,
                step => CallAsync(context, request, step),
                givenUp
            );
            return refused ?? new();
        }
        catch (TaskFailedException failure)
        {
            return new() { Refusal = StoreRefusals.OfFailure(failure) };
        }
    }

    private static Task<StoringResult> CallAsync(
        TaskOrchestrationContext context,
        StoreUnitsRequest request,
        int step
    ) =>
        step < request.Units
            ? context.CallActivityAsync<StoringResult>(
                nameof(StoreUnit),
                new StoreUnitRequest { RunId = request.RunId, Unit = step },
                RetryPolicies.Storing
            )
            : context.CallActivityAsync<StoringResult>(
                nameof(CompleteUploads),
                new CompleteUploadsRequest { RunId = request.RunId, Page = step - request.Units },
                RetryPolicies.Storing
            );
}
