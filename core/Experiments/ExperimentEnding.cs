using Trainyard.Contracts;
using Trainyard.Core.Runs;

namespace Trainyard.Core.Experiments;

/// <summary>Ends and purges experiments' runs. Every operation is idempotent.</summary>
public sealed class ExperimentEnding(
    IRecordStore<ExperimentRun> records,
    IRunStore runs,
    ExperimentStart start,
    TimeProvider time
)
{
    /// <summary>
    /// Stores the best model of each search in the repository, and deletes the inputs of the training runs.
    /// </summary>
    /// <param name="owner">The owner of the run.</param>
    /// <param name="id">The run.</param>
    /// <param name="keep">Stores a training run's model under a name; returns null when the run left none.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    public async Task FinishAsync(
        Owner owner,
        Guid id,
        Func<TrainingRun, string, Task<Guid?>> keep,
        CancellationToken cancellationToken
    )
    {
        if ((await records.GetAsync(owner, id, cancellationToken))?.Record is not { } run)
        {
            return;
        }
        var best = new Dictionary<string, Guid>();
        foreach (var part in run.References)
        {
            if (await KeepBestAsync(run, part, keep, cancellationToken) is { } model)
            {
                best[part.Name] = model;
            }
        }
        await records.ChangeAsync(
            owner,
            id,
            read =>
                best.Count == 0
                    ? null
                    : read with
                    {
                        References =
                        [
                            .. read.References.Select(part =>
                                best.TryGetValue(part.Name, out var model) ? part with { BestModelId = model } : part
                            ),
                        ],
                    },
            cancellationToken
        );
        await start.DiscardAsync(run, run.References.Count, cancellationToken);
    }

    /// <summary>Ends a run that has no active orchestration any more.</summary>
    public Task AbandonAsync(Owner owner, Guid id, string reason, CancellationToken cancellationToken) =>
        records.ChangeAsync(
            owner,
            id,
            run =>
                run.EndedAt is not null
                    ? null
                    : run with
                    {
                        State = run.CancelRequestedAt is null ? ExperimentState.Error : ExperimentState.Cancelled,
                        Reason = reason,
                        EndedAt = time.GetUtcNow(),
                    },
            cancellationToken
        );

    /// <summary>Deletes the record of an ended run. Its training runs are ordinary runs and stay.</summary>
    public async Task DeleteAsync(ExperimentRun run, CancellationToken cancellationToken)
    {
        await start.DiscardAsync(run, run.References.Count, cancellationToken);
        await records.DeleteAsync(run.Owner, run.Id, cancellationToken);
    }

    private async Task<Guid?> KeepBestAsync(
        ExperimentRun run,
        ReferenceRun part,
        Func<TrainingRun, string, Task<Guid?>> keep,
        CancellationToken cancellationToken
    ) =>
        part.Trials.FirstOrDefault(t => t.Number == part.Best) is { } trial
        && (await runs.GetAsync(trial.RunId, cancellationToken))?.Run is { } training
            ? await keep(training, $"{run.Name}: best of {part.Name}")
            : null;
}
