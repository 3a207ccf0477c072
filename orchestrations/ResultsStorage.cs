using Microsoft.DurableTask;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Orchestrations.Activities;
using Trainyard.Orchestrations.Ending;
using Trainyard.Orchestrations.Storing;

namespace Trainyard.Orchestrations;

/// <summary>Plan, then one activity per unit in parallel, then verify. Every step may run twice.</summary>
internal sealed class ResultsStorage(TaskOrchestrationContext context, RunId id, RunSignals signals)
{
    // Bounded, so that one run with very many files leaves room for the others.
    private const int ParallelUnits = 8;

    // What is under way then ends by itself; nothing more is begun.
    private bool _isGivenUp;

    /// <summary>
    /// Stores what the attempt left. Gives the verdict back, or another in its place when the bucket refuses or the owner does
    /// not want to wait for it; what is stored by then stays in the bucket.
    /// </summary>
    public async Task<RunVerdict> StoreAsync(RunVerdict verdict)
    {
        var storing = TryStoreAsync(verdict.StoredAttempt!.Value);
        _isGivenUp = !await EndsBeforeCancelAsync(storing, verdict);
        if (_isGivenUp)
        {
            return Unstored(verdict.Phase is RunPhase.Failed ? verdict : Canceled(verdict), verdict);
        }
        var refusal = await storing;
        return refusal is null ? verdict : Unstored(Refused(verdict, refusal), verdict);
    }

    private static RunVerdict Refused(RunVerdict verdict, RunReason refusal) =>
        verdict.Phase is RunPhase.Failed or RunPhase.Halted
            ? verdict with
            {
                Reason = verdict.Reason.WithSecond("Log and results could not be stored", $"{refusal}"),
            }
            : verdict with
            {
                Phase = RunPhase.Failed,
                Reason = refusal,
            };

    // How the run ends when it is stored later.
    private static RunVerdict Unstored(RunVerdict ending, RunVerdict stored) =>
        ending with
        {
            Unstored = new UnstoredResults
            {
                Attempt = stored.StoredAttempt!.Value,
                Phase = stored.Phase,
                Reason = stored.Reason,
            },
        };

    // A run that was canceled before has its log and partial results stored, unless it is canceled again meanwhile.
    private async Task<bool> EndsBeforeCancelAsync(Task storing, RunVerdict verdict)
    {
        while (true)
        {
            await Task.WhenAny(storing, signals.Cancel.Next);
            if (storing.IsCompleted)
            {
                return true;
            }
            if (signals.Cancel.Take().WhileStoring || verdict.Phase is not RunPhase.Halted)
            {
                return false;
            }
        }
    }

    private static RunVerdict Canceled(RunVerdict verdict) =>
        verdict with
        {
            Phase = RunPhase.Halted,
            Reason = RunReason.CanceledByOwner,
        };

    private async Task<RunReason?> TryStoreAsync(int attempt)
    {
        try
        {
            var plan = await context.CallActivityAsync<PlanStoringResult>(
                nameof(PlanStoring),
                new PlanStoringRequest { RunId = id, Attempt = attempt },
                RetryPolicies.Storing
            );
            var refusal = plan.Refusal ?? await StoreUnitsAsync(plan.Units);
            if (refusal is not null || _isGivenUp)
            {
                return refusal;
            }
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

    private async Task<RunReason?> StoreUnitsAsync(int units)
    {
        for (var first = 0; first < units && !_isGivenUp; first += ParallelUnits)
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
            {
                return refused.Refusal;
            }
        }
        return null;
    }
}
