using Microsoft.DurableTask;
using Trainyard.Contracts.Runs;
using Trainyard.Orchestrations.Activities;
using Trainyard.Orchestrations.Ending;
using Trainyard.Orchestrations.Storing;

namespace Trainyard.Orchestrations;

/// <summary>Plan, then one activity per unit in parallel, then verify. Every step may run twice.</summary>
internal static class ResultsStorage
{
    // Bounded, so that one run with very many files leaves room for the others.
    private const int ParallelUnits = 8;

    /// <summary>
    /// Stores what the attempt left. Gives the verdict back, or another in its place when the bucket refuses or the owner does
    /// not want to wait for it; what is stored by then stays in the bucket.
    /// </summary>
    public static async Task<RunVerdict> StoreAsync(
        TaskOrchestrationContext context,
        RunId id,
        RunVerdict verdict,
        RunSignals signals
    )
    {
        var storing = TryStoreAsync(context, id, verdict.StoredAttempt!.Value);
        if (!await EndsBeforeCancelAsync(storing, verdict, signals))
            return verdict.Phase is RunPhase.Failed ? verdict : Canceled(verdict);
        var refusal = await storing;
        if (refusal is null)
            return verdict;
        return verdict.Phase is RunPhase.Failed or RunPhase.Halted
            ? verdict with
            {
                Reason = WithSecond(verdict.Reason, refusal),
            }
            : verdict with
            {
                Phase = RunPhase.Failed,
                Reason = refusal,
            };
    }

    // The first is why the run ended; the second is why its log and results are not where the owner looks for them.
    private static RunReason WithSecond(RunReason first, RunReason second) =>
        first with
        {
            Message =
                $"{(first.Message.Length > 0 ? first.Message + ". " : "")}Log and results could not be stored: {second}",
        };

    // A run that was canceled before has its log and partial results stored, unless it is canceled again meanwhile.
    private static async Task<bool> EndsBeforeCancelAsync(Task storing, RunVerdict verdict, RunSignals signals)
    {
        while (true)
        {
            await Task.WhenAny(storing, signals.Cancel.Next);
            if (storing.IsCompleted)
                return true;
            if (signals.Cancel.Take().WhileStoring || verdict.Phase is not RunPhase.Halted)
                return false;
        }
    }

    private static RunVerdict Canceled(RunVerdict verdict) =>
        verdict with
        {
            Phase = RunPhase.Halted,
            Reason = RunReason.CanceledByOwner,
        };

    private static async Task<RunReason?> TryStoreAsync(TaskOrchestrationContext context, RunId id, int attempt)
    {
        try
        {
            var plan = await context.CallActivityAsync<PlanStoringResult>(
                nameof(PlanStoring),
                new PlanStoringRequest { RunId = id, Attempt = attempt },
                RetryPolicies.Storing
            );
            var refusal = plan.Refusal ?? await StoreUnitsAsync(context, id, plan.Units);
            if (refusal is not null)
                return refusal;
            var completed = await context.CallActivityAsync<StoringResult>(
                nameof(CompleteStoring),
                new CompleteStoringRequest { RunId = id },
                RetryPolicies.Storing
            );
            return completed.Refusal;
        }
        catch (TaskFailedException failure)
        {
            return StoreRefusals.OfFailure(failure);
        }
    }

    private static async Task<RunReason?> StoreUnitsAsync(TaskOrchestrationContext context, RunId id, int units)
    {
        for (var first = 0; first < units; first += ParallelUnits)
        {
            var window = Enumerable
                .Range(first, Math.Min(ParallelUnits, units - first))
                .Select(unit =>
                    context.CallActivityAsync<StoringResult>(
                        nameof(StoreUnit),
                        new StoreUnitRequest { RunId = id, Unit = unit },
                        RetryPolicies.Storing
                    )
                );
            var results = await Task.WhenAll(window);
            if (results.FirstOrDefault(r => r.Refusal is not null) is { } refused)
                return refused.Refusal;
        }
        return null;
    }
}
