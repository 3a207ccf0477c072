using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Experiments;

namespace Trainyard.Orchestrations.Experiments;

/// <summary>
/// One round of an experiment's run: reads the state of its training runs, decides, and starts and cancels runs
/// accordingly. Returns whether the experiment's run continues.
/// </summary>
public sealed class MoveExperiment(ExperimentProgress progress, TrialSubmission submission, ITrialRuns runs)
{
    [Function(nameof(MoveExperiment))]
    public async Task<bool> RunAsync(
        [ActivityTrigger] ExperimentRequest request,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        if (await progress.StepAsync(request.Owner, request.Id, cancellationToken) is not { } step)
        {
            return false;
        }
        foreach (var run in step.ToCancel)
        {
            await runs.CancelAsync(client, run, cancellationToken);
        }
        var started = new List<RunId>();
        foreach (var (reference, trial) in step.ToStart)
        {
            var run = await submission.SubmitAsync(step.Run, reference, trial, cancellationToken);
            await runs.StartAsync(client, run, cancellationToken);
            started.Add(run.Id);
        }
        if (started.Count > 0)
        {
            await progress.MarkStartedAsync(request.Owner, request.Id, started, cancellationToken);
        }
        return step.Run.EndedAt is null;
    }
}
