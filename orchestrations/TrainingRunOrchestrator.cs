using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Orchestrations.Activities;
using Trainyard.Orchestrations.Ending;
using Trainyard.Orchestrations.Storing;

namespace Trainyard.Orchestrations;

/// <summary>The life of a training run, from accepted to ended.</summary>
public static class TrainingRunOrchestrator
{
    [Function(nameof(TrainingRunOrchestrator))]
    public static async Task<RunVerdict> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var request = context.GetInput<TrainingRunRequest>()!;
        var signals = new RunSignals(context);
        var notices = new RunNotices(context, request);
        notices.Tell(RunState.Pending);

        var validation = ValidateAsync(context, request.RunId);
        await Task.WhenAny(validation, signals.Cancel.Next);
        var verdict =
            !validation.IsCompleted ? RunAttempts.Halted(attempt: null)
            : await validation is { } refusal ? new RunVerdict { Phase = RunPhase.Failed, Reason = refusal }
            : await RunAttempts.UntilEndedAsync(context, request, signals, notices);
        if (verdict.StoredAttempt is not null)
        {
            verdict = await new ResultsStorage(context, request.RunId, signals).StoreAsync(verdict);
        }

        var finish = new FinishRunRequest
        {
            RunId = request.RunId,
            Verdict = verdict,
            KeepNoticeKey = notices.AreWanted,
        };
        await context.CallActivityAsync(nameof(FinishRun), finish, RetryPolicies.OwnStores);
        if (request.Experiment is { } experiment)
        {
            context.SendEvent(experiment, ExperimentMoved.Name, new ExperimentMoved());
        }
        notices.Tell(verdict.Phase.ToState());
        if (notices.AreWanted)
        {
            await EndNoticesAsync(context, request.RunId, notices);
        }
        return verdict;
    }

    private static async Task EndNoticesAsync(TaskOrchestrationContext context, RunId id, RunNotices notices)
    {
        await notices.SettleAsync();
        var destroy = new DestroySecretsRequest { RunId = id };
        await context.CallActivityAsync(nameof(DestroySecrets), destroy, RetryPolicies.OwnStores);
    }

    private static async Task<RunReason?> ValidateAsync(TaskOrchestrationContext context, RunId id)
    {
        try
        {
            var request = new ValidateRunRequest { RunId = id };
            var result = await context.CallActivityAsync<ValidateRunResult>(
                nameof(ValidateRun),
                request,
                RetryPolicies.Validation
            );
            return result.Refusal;
        }
        catch (TaskFailedException failure)
        {
            return StoreRefusals.OfFailure(failure);
        }
    }
}
