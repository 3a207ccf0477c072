using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;

namespace Trainyard.Core.Experiments;

/// <summary>
/// Updates the record of an experiment's run from its training runs, and decides the next steps. The record is written
/// before any action, so that any process may repeat a step at any time.
/// </summary>
public sealed class ExperimentProgress(
    IRecordStore<ExperimentRun> records,
    IRunStore runs,
    TrialMetrics metrics,
    TimeProvider time
)
{
    private const int AtOnce = 16;
    private const int MaxTries = 20;

    /// <summary>The next steps; null when there is no such run.</summary>
    /// <exception cref="IOException">Too many conflicts with other writers of the record.</exception>
    public async Task<ExperimentStep?> StepAsync(Owner owner, Guid id, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            if (await records.GetAsync(owner, id, cancellationToken) is not { } read)
            {
                return null;
            }
            if (read.Record.EndedAt is not null)
            {
                return new ExperimentStep(read.Record, [], []);
            }
            var (looked, live) = await LookAsync(read.Record, cancellationToken);
            var decided = ExperimentDecision.Decide(looked, time.GetUtcNow());
            if (
                IsSame(decided, read.Record)
                || await records.UpdateAsync(read with { Record = decided }, cancellationToken)
            )
            {
                return ToDo(decided, live);
            }
        }
        throw new IOException($"The record of experiment run {id} was another one at each of {MaxTries} tries.");
    }

    /// <summary>Records that the runs of these trials were started.</summary>
    public Task MarkStartedAsync(
        Owner owner,
        Guid id,
        IReadOnlyCollection<RunId> started,
        CancellationToken cancellationToken
    ) =>
        records.ChangeAsync(
            owner,
            id,
            run =>
                run.ChangeTrials(t => started.Contains(t.RunId) ? t with { IsStarted = true } : t) with
                {
                    State = run.State is ExperimentState.Pending ? ExperimentState.Running : run.State,
                },
            cancellationToken
        );

    private static bool IsSame(ExperimentRun one, ExperimentRun other) =>
        JsonSerializer
            .SerializeToUtf8Bytes(one, WireJson.Options)
            .AsSpan()
            .SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(other, WireJson.Options));

    private static ExperimentStep ToDo(ExperimentRun run, Dictionary<RunId, TrainingRun> live) =>
        new(
            run,
            run.EndedAt is null && run.CancelRequestedAt is null
                ?
                [
                    .. run.References.SelectMany(
                        (part, index) => part.Live.Where(t => !t.IsStarted).Select(t => (index, t))
                    ),
                ]
                : [],
            [
                .. run
                    .Trials.Where(t => t.Phase is null && (t.IsStoppedEarly || run.CancelRequestedAt is not null))
                    .Select(t => live.GetValueOrDefault(t.RunId))
                    .OfType<TrainingRun>()
                    .Where(r => r.CancelRequestedAt is null),
            ]
        );

    private async Task<(ExperimentRun Run, Dictionary<RunId, TrainingRun> Live)> LookAsync(
        ExperimentRun run,
        CancellationToken cancellationToken
    )
    {
        var live = new Dictionary<RunId, TrainingRun>();
        var parts = new List<ReferenceRun>();
        foreach (var part in run.References)
        {
            var trials = part.Trials.ToList();
            var indexes = Enumerable.Range(0, trials.Count).Where(i => trials[i].Phase is null);
            foreach (var some in indexes.Chunk(AtOnce))
            {
                var looked = await Task.WhenAll(some.Select(i => LookAsync(run, part, trials[i], cancellationToken)));
                foreach (var (index, (trial, training)) in some.Zip(looked))
                {
                    trials[index] = trial;
                    if (training is not null)
                    {
                        live[trial.RunId] = training;
                    }
                }
            }
            parts.Add(part with { Trials = trials });
        }
        return (run with { References = parts }, live);
    }

    private async Task<(Trial Trial, TrainingRun? Run)> LookAsync(
        ExperimentRun experiment,
        ReferenceRun part,
        Trial trial,
        CancellationToken cancellationToken
    )
    {
        var run = (await runs.GetAsync(trial.RunId, cancellationToken))?.Run;
        if (run is null)
        {
            return (
                trial.IsStarted ? trial.Gone("Its training run was deleted.", time.GetUtcNow())
                : experiment.CancelRequestedAt is null ? trial
                : trial.Gone("Canceled before it began.", time.GetUtcNow()),
                null
            );
        }
        if (run.Phase.IsTerminal())
        {
            var seen = await SeenAsync(part, trial, cancellationToken);
            return (trial.Ended(run, seen, part.Search), null);
        }
        return part.Search is { Halving: not null } search && run.Phase is RunPhase.Processing
            ? (EarlyStopping.Follow(trial, search, await SeenAsync(part, trial, cancellationToken)), run)
            : (trial, run);
    }

    private async Task<IReadOnlyList<ObjectivePoint>> SeenAsync(
        ReferenceRun part,
        Trial trial,
        CancellationToken cancellationToken
    ) => part.Search is { } search ? await metrics.ReadAsync(trial.RunId, search.Objective, cancellationToken) : [];
}

/// <summary>The next steps of an experiment's run. Repeating them has no further effect.</summary>
/// <param name="Run">Its record.</param>
/// <param name="ToStart">The trials whose training runs to make and start, with the index of their reference.</param>
/// <param name="ToCancel">The training runs to cancel.</param>
public sealed record ExperimentStep(
    ExperimentRun Run,
    IReadOnlyList<(int Reference, Trial Trial)> ToStart,
    IReadOnlyList<TrainingRun> ToCancel
);
