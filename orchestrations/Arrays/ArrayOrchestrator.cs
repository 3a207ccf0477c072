using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Orchestrations.Activities;

namespace Trainyard.Orchestrations.Arrays;

/// <summary>
/// The life of an array of runs, each of which has an orchestration of its own. Its whole state is in its record: each
/// round updates that, starts the next runs and continues as new, so that the history stays short.
/// </summary>
public static class ArrayOrchestrator
{
    // Ended runs send an event. This poll covers lost events, and sees when runs begin.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    [Function(nameof(ArrayOrchestrator))]
    public static async Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var request = context.GetInput<ArrayRequest>()!;
        var notices = new RunNotices(context, request.ArrayId, request.NotifyOn, request.Told);
        notices.Tell(RunState.Pending);
        var move = new MoveArrayRequest { ArrayId = request.ArrayId, KeepNoticeKey = notices.AreWanted };
        var moved = context.WaitForExternalEvent<ExperimentMoved>(ExperimentMoved.Name);
        var canceled = context.WaitForExternalEvent<CancelRequested>(CancelRequested.Name);
        while (true)
        {
            var result = await context.CallActivityAsync<MoveArrayResult>(
                nameof(MoveArray),
                move,
                RetryPolicies.OwnStores
            );
            notices.Tell(result.State);
            if (result.IsOver)
            {
                break;
            }
            using var awake = new CancellationTokenSource();
            await Task.WhenAny(moved, canceled, context.CreateTimer(LookAgain, awake.Token));
            awake.Cancel();
            // Continuing as new would lose a notice that is still being sent.
            if (notices.AreSettled)
            {
                context.ContinueAsNew(request with { Told = [.. notices.Told] });
                return;
            }
            moved = moved.IsCompleted ? context.WaitForExternalEvent<ExperimentMoved>(ExperimentMoved.Name) : moved;
        }
        await notices.SettleAsync();
        var destroy = new DestroySecretsRequest { RunId = request.ArrayId };
        await context.CallActivityAsync(nameof(DestroySecrets), destroy, RetryPolicies.OwnStores);
    }
}

/// <summary>Identifies an array, whose id is that of its orchestration too.</summary>
public sealed record ArrayRequest
{
    public required RunId ArrayId { get; init; }

    /// <summary>The states to report to the owner's webhook; empty without a webhook.</summary>
    public IReadOnlyList<string> NotifyOn { get; init; } = [];

    /// <summary>The states that were reported already.</summary>
    public IReadOnlyList<RunState> Told { get; init; } = [];

    public static ArrayRequest For(TrainingRun array) =>
        new() { ArrayId = array.Id, NotifyOn = array.Manifest.Notify?.On ?? [] };
}
