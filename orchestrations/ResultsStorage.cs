using Microsoft.DurableTask;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Orchestrations.Activities;
using Trainyard.Orchestrations.Ending;
using Trainyard.Orchestrations.Storing;

namespace Trainyard.Orchestrations;

/// <summary>
/// Stores results: plans, runs one activity per unit in parallel, then verifies. Every step may run twice.
/// </summary>
internal sealed class ResultsStorage(TaskOrchestrationContext context, RunId id, RunSignals signals)
{
    // Longer plans are stored by sub-orchestrations, to keep the history of this one short.
    private const int MostUnitsHere = 32;

    // Stops new activities from starting; those under way end by themselves.
    private bool _isGivenUp;

    private (string Instance, Task Result)? _batch;

    /// <summary>
    /// Stores the attempt's results. Returns the given verdict, or another one when the bucket refuses or the owner
    /// cancels the storing; files that are stored by then stay in the bucket.
    /// </summary>
    public async Task<RunVerdict> StoreAsync(RunVerdict verdict)
    {
        var storing = TryStoreAsync(verdict.StoredAttempt!.Value);
        _isGivenUp = !await EndsBeforeCancelAsync(storing, verdict);
        if (_isGivenUp)
        {
            await EndBatchAsync();
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

    // Keeps the original verdict, with which the run ends if its results are stored later.
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
            var refusal = plan.Refusal ?? await StoreUnitsAsync(plan);
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

    private async Task<RunReason?> StoreUnitsAsync(PlanStoringResult plan) =>
        plan is { LargePages: { } pages, Units: > MostUnitsHere }
            ? await StoreLongPlanAsync(plan.Units, pages)
            : await StoreUnitsAsync(plan.Units);

    private async Task<RunReason?> StoreLongPlanAsync(int units, int largePages)
    {
        var end = 0;
        for (var batch = 0; end < units + largePages && !_isGivenUp; batch++)
        {
            var first = end;
            // A file is completed when all of its parts are written: never both in one batch.
            var last = first < units ? units : units + largePages;
            end = Math.Min(first + StoreUnitsOrchestrator.MostSteps, last);
            var request = new StoreUnitsRequest
            {
                RunId = id,
                Units = units,
                First = first,
                End = end,
            };
            if (await StoreBatchAsync(request, StoreUnitsOrchestrator.InstanceOf(id, batch)) is { } refusal)
            {
                return refusal;
            }
        }
        return null;
    }

    private async Task<RunReason?> StoreBatchAsync(StoreUnitsRequest request, string instance)
    {
        var result = context.CallSubOrchestratorAsync<StoringResult>(
            nameof(StoreUnitsOrchestrator),
            request,
            new SubOrchestrationOptions { InstanceId = instance }
        );
        _batch = (instance, result);
        return (await result).Refusal;
    }

    // Ends the batch at once, whatever is under way, so that another batch can begin for this run.
    private async Task EndBatchAsync()
    {
        if (_batch is { Result.IsCompleted: false } running)
        {
            context.SendEvent(running.Instance, StoringGivenUp.Name, new StoringGivenUp());
            await Task.WhenAny(running.Result);
        }
    }

    // Replays histories that were recorded before long plans existed.
    private async Task<RunReason?> StoreUnitsAsync(int units)
    {
        for (var first = 0; first < units && !_isGivenUp; first += StepWindow.Parallel)
        {
            var window = Enumerable
                .Range(first, Math.Min(StepWindow.Parallel, units - first))
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
