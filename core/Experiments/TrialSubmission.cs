using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Core.Security;
using Trainyard.Core.Stores;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Core.Experiments;

/// <summary>Makes the training run of a trial. Idempotent.</summary>
public sealed class TrialSubmission(IRunStore runs, IBlobStore blobs, ISecretStore secrets, TimeProvider time)
{
    public async Task<TrainingRun> SubmitAsync(
        ExperimentRun experiment,
        int reference,
        Trial trial,
        CancellationToken cancellationToken
    )
    {
        if ((await runs.GetAsync(trial.RunId, cancellationToken))?.Run is { } existing)
        {
            return existing;
        }
        var part = experiment.References[reference];
        var key = new SubmissionKey(trial.RunId, experiment.Id.ToString("N")[..24]);
        await using var archive =
            await blobs.OpenReadAsync(ExperimentBlobs.Archive(experiment.Id, reference), 0, null, cancellationToken)
            ?? throw new InvalidOperationException($"The archive of reference {reference} is gone.");
        await blobs.PutAsync(RunBlobs.Archive(key), archive, part.Archive.Sha256, cancellationToken);
        var own = await secrets.GetAsync(SecretsOf(experiment, reference), cancellationToken) ?? RunSecrets.None;
        await secrets.PutAsync(key, own, cancellationToken);
        var run = NewRun(experiment, part, trial, key);
        return await runs.CreateAsync(run, cancellationToken)
            ? run
            : (await runs.GetAsync(trial.RunId, cancellationToken))?.Run ?? run;
    }

    /// <summary>The secrets of a reference; separate, because each image registry has its own login.</summary>
    public static SubmissionKey SecretsOf(ExperimentRun experiment, int reference)
    {
        var key = experiment.Secrets;
        return key with { Nonce = $"{key.Nonce}-{reference}" };
    }

    private TrainingRun NewRun(ExperimentRun experiment, ReferenceRun part, Trial trial, SubmissionKey key)
    {
        var isSearch = part.Search is not null;
        return new TrainingRun
        {
            Id = trial.RunId,
            Owner = experiment.Owner,
            Manifest = part.Manifest with { Name = isSearch ? $"{part.Name}_{trial.Number}" : part.Name },
            Archive = part.Archive,
            DefinitionId = part.DefinitionId,
            Nonce = key.Nonce,
            History = [new PhaseEntry { Phase = RunPhase.Queued, At = time.GetUtcNow() }],
            Trial = new RunTrial
            {
                ExperimentId = experiment.ExperimentId,
                ExperimentRunId = experiment.Id,
                Reference = part.Name,
                Number = isSearch ? trial.Number : null,
                HyperParameters = trial.HyperParameters,
            },
        };
    }
}
