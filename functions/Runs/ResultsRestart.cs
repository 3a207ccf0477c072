using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Manifests.Secrets;
using Trainyard.Orchestrations;
using Trainyard.Orchestrations.Ending;

namespace Trainyard.Functions.Runs;

/// <summary>Starts storing the unstored results of an ended run. Of several concurrent requests, one wins.</summary>
public sealed class ResultsRestart(IRunStore runs, ISecretStore secrets, TimeProvider time)
{
    /// <summary>
    /// Returns the reopened run; null when its results are being stored already or its orchestration has not ended. If
    /// this call is cut short, the run ends again within minutes, and its results can still be stored.
    /// </summary>
    public async Task<TrainingRun?> TryStartAsync(
        DurableTaskClient client,
        RunId id,
        OpenedStore results,
        CancellationToken cancellationToken
    )
    {
        var instance = await client.GetInstanceAsync(id.ToString(), getInputsAndOutputs: false, cancellationToken);
        if (
            instance is { IsCompleted: false }
            && !await InstanceEnds.WithinSecondsAsync(client, id.ToString(), time, cancellationToken)
        )
        {
            return null;
        }

        var isTaken = false;
        var run = await runs.ChangeAsync(
            id,
            r =>
            {
                isTaken = r.Unstored is not null && PhaseTransitions.CanStoreAgain(r.Phase);
                return isTaken ? r.ReopenForStoring(results.Store, time.GetUtcNow()) : null;
            },
            cancellationToken
        );
        if (run is null || !isTaken)
        {
            return null;
        }

        // From here on the client's disconnect must not cancel anything.
        var kept = new RunSecrets { Data = StoreCredentials.None, Results = results.Credentials };
        await secrets.PutAsync(run.Submission, kept, CancellationToken.None);
        await client.ScheduleNewOrchestrationInstanceAsync(
            nameof(StoreResultsOrchestrator),
            new StoreResultsRequest { RunId = id, Verdict = VerdictOf(run.Unstored!) },
            new StartOrchestrationOptions(id.ToString()),
            CancellationToken.None
        );
        return run;
    }

    private static RunVerdict VerdictOf(UnstoredResults unstored) =>
        new()
        {
            Phase = unstored.Phase,
            Reason = unstored.Reason,
            StoredAttempt = unstored.Attempt,
        };
}
