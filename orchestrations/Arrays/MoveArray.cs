using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Arrays;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Orchestrations.Ending;

namespace Trainyard.Orchestrations.Arrays;

public sealed record MoveArrayRequest
{
    public required RunId ArrayId { get; init; }

    /// <summary>Whether to keep the key that signs notices when the array has ended.</summary>
    public bool KeepNoticeKey { get; init; }
}

public sealed record MoveArrayResult
{
    public required RunState State { get; init; }

    /// <summary>Whether all runs of the array have ended, or there is no such array any more.</summary>
    public required bool IsOver { get; init; }
}

/// <summary>One round of an array: reads how its runs stand, and starts and cancels some accordingly.</summary>
public sealed class MoveArray(
    ArrayProgress progress,
    ElementSubmission submission,
    IElementRuns runs,
    ISecretStore secrets
)
{
    [Function(nameof(MoveArray))]
    public async Task<MoveArrayResult> RunAsync(
        [ActivityTrigger] MoveArrayRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        if (await progress.StepAsync(request.ArrayId, cancellationToken) is not { Array: var array } step)
        {
            return new() { State = RunState.Canceled, IsOver = true };
        }
        foreach (var run in step.ToCancel)
        {
            await runs.CancelAsync(client, run, cancellationToken);
        }
        if (step.ToStart.Count > 0)
        {
            await StartAsync(client, step, cancellationToken);
        }
        if (array.Phase.IsTerminal())
        {
            await RunCredentials.DestroyAsync(secrets, array.Submission, request.KeepNoticeKey, cancellationToken);
        }
        return new() { State = array.Phase.ToState(), IsOver = array.Phase.IsTerminal() };
    }

    private async Task StartAsync(DurableTaskClient client, ArrayStep step, CancellationToken cancellationToken)
    {
        foreach (var index in step.ToStart)
        {
            var run = await submission.SubmitAsync(step.Array, index, cancellationToken);
            await runs.StartAsync(client, run, cancellationToken);
        }
        await progress.MarkStartedAsync(step.Array.Id, step.ToStart, cancellationToken);
    }
}
