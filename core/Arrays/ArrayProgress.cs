using System.Text.Json;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;

namespace Trainyard.Core.Arrays;

/// <summary>
/// Updates the record of an array from its runs, and decides the next steps. The record is written before any action,
/// so that any process may repeat a step at any time.
/// </summary>
public sealed class ArrayProgress(IRunStore runs, TimeProvider time)
{
    /// <summary>At most so many runs of an array are queued or under way; the next begins when one ends.</summary>
    public const int MostAtOnce = 100;

    private const int ReadAtOnce = 16;
    private const int MaxTries = 20;

    /// <summary>The next steps; null when there is no such array.</summary>
    /// <exception cref="IOException">Too many conflicts with other writers of the record.</exception>
    public async Task<ArrayStep?> StepAsync(RunId id, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            if (await runs.GetAsync(id, cancellationToken) is not { Run.IsArray: true } read)
            {
                return null;
            }
            if (read.Run.Phase.IsTerminal())
            {
                return new ArrayStep(read.Run, [], []);
            }
            var looked = await LookAsync(read.Run, cancellationToken);
            var phases = looked.Phases;
            var failures = await FailuresAsync(id, phases, cancellationToken);
            var decided = ArrayDecision.Decide(looked.Array, phases, failures, time.GetUtcNow());
            if (IsSame(decided, read.Run) || await runs.UpdateAsync(read with { Run = decided }, cancellationToken))
            {
                return new ArrayStep(decided, ToStart(decided), ToCancel(decided, looked.Live));
            }
        }
        throw new IOException($"The record of array {id} was another one at each of {MaxTries} tries.");
    }

    /// <summary>Records that these runs were started.</summary>
    public Task MarkStartedAsync(RunId id, IReadOnlyCollection<int> started, CancellationToken cancellationToken) =>
        runs.ChangeAsync(
            id,
            array =>
                array with
                {
                    ElementPhases =
                    [
                        .. ArrayCounts
                            .PhasesOf(array)
                            .Select((phase, i) => phase ?? (started.Contains(i) ? RunPhase.Queued : null)),
                    ],
                },
            cancellationToken
        );

    private static bool IsSame(TrainingRun one, TrainingRun other) =>
        JsonSerializer
            .SerializeToUtf8Bytes(one, WireJson.Options)
            .AsSpan()
            .SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(other, WireJson.Options));

    private static IReadOnlyList<int> ToStart(TrainingRun array)
    {
        if (array.CancelRequestedAt is not null || array.Phase.IsTerminal())
        {
            return [];
        }
        var phases = array.ElementPhases!;
        var live = phases.Count(phase => phase is { } known && !known.IsTerminal());
        return [.. Enumerable.Range(0, phases.Count).Where(i => phases[i] is null).Take(MostAtOnce - live)];
    }

    private static IReadOnlyList<TrainingRun> ToCancel(TrainingRun array, IEnumerable<TrainingRun> live) =>
        array.CancelRequestedAt is null ? [] : [.. live.Where(run => run.CancelRequestedAt is null)];

    private async Task<(TrainingRun Array, RunPhase?[] Phases, List<TrainingRun> Live)> LookAsync(
        TrainingRun array,
        CancellationToken cancellationToken
    )
    {
        RunPhase?[] phases = [.. ArrayCounts.PhasesOf(array)];
        var live = new List<TrainingRun>();
        // An interrupted step may have started a run without recording it, so a cancel looks for every run once.
        bool IsOpen(int i) => phases[i] is { } known ? !known.IsTerminal() : array.CancelRequestedAt is not null;
        foreach (var some in Enumerable.Range(0, phases.Length).Where(IsOpen).ToList().Chunk(ReadAtOnce))
        {
            var read = await Task.WhenAll(
                some.Select(i => runs.GetAsync(ArrayElement.IdOf(array.Id, i), cancellationToken))
            );
            foreach (var (index, run) in some.Zip(read.Select(versioned => versioned?.Run)))
            {
                // A missing record means that the owner deleted the run, or that it never began.
                phases[index] = run?.Phase ?? RunPhase.Halted;
                if (run is null)
                {
                    continue;
                }
                if (run.Phase.IsTerminal())
                {
                    array = array with { UsageByAttempt = ArrayUsage.Add(array.UsageByAttempt, run.Usage) };
                }
                else
                {
                    live.Add(run);
                }
            }
        }
        return (array, phases, live);
    }

    private async Task<ArrayFailures> FailuresAsync(RunId id, RunPhase?[] phases, CancellationToken cancellationToken)
    {
        var counts = ArrayCounts.Of(phases);
        if (counts.Ended < phases.Length || counts.Failed == 0)
        {
            return ArrayFailures.None;
        }
        var first = Enumerable
            .Range(0, phases.Length)
            .Where(i => phases[i] is RunPhase.Failed)
            .Take(ArrayFailures.Told);
        var read = await Task.WhenAll(first.Select(i => runs.GetAsync(ArrayElement.IdOf(id, i), cancellationToken)));
        return new([.. read.OfType<VersionedRun>().Select(versioned => versioned.Run)]);
    }
}

/// <summary>The next steps of an array. Repeating them has no further effect.</summary>
/// <param name="Array">Its record.</param>
/// <param name="ToStart">The indexes of the runs to make and start.</param>
/// <param name="ToCancel">The runs to cancel.</param>
public sealed record ArrayStep(TrainingRun Array, IReadOnlyList<int> ToStart, IReadOnlyList<TrainingRun> ToCancel);
