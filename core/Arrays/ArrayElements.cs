using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;
using Trainyard.Manifests.Model;

namespace Trainyard.Core.Arrays;

/// <summary>What the runs of an array are made of.</summary>
public static class ArrayElements
{
    /// <summary>The record of an element's run as it is when it begins.</summary>
    public static TrainingRun NewRun(TrainingRun array, int index, DateTimeOffset at)
    {
        var asked = array.Manifest.Array ?? throw new ArgumentException($"{array.Id} is no array.", nameof(array));
        var values = asked.ValuesOf(index);
        return new TrainingRun
        {
            Id = ArrayElement.IdOf(array.Id, index),
            Owner = array.Owner,
            Manifest = ManifestOf(array.Manifest, values, index, asked.Count),
            Archive = array.Archive,
            Notices = array.Notices,
            Nonce = array.Nonce,
            History = [new PhaseEntry { Phase = RunPhase.Queued, At = at }],
            TraceParent = array.TraceParent,
            Element = new ArrayElement
            {
                ArrayId = array.Id,
                Index = index,
                Count = asked.Count,
                Values = values,
            },
        };
    }

    /// <summary>The record to show for an element that has none: it has not begun, or was deleted since.</summary>
    public static TrainingRun Missing(TrainingRun array, int index)
    {
        var run = NewRun(array, index, array.SubmittedAt);
        return array.ElementPhases?[index] switch
        {
            null or RunPhase.Queued => run.Because(
                RunReason.Underway("array_turn", $"at most {ArrayProgress.MostAtOnce} runs of an array go on at once")
            ),
            var phase => run with
            {
                History =
                [
                    .. run.History,
                    new PhaseEntry
                    {
                        Phase = phase.Value,
                        At = array.ModifiedAt,
                        Reason =
                            phase is RunPhase.Halted
                                ? RunReason.User("canceled_by_owner", "it had not begun, or was deleted")
                                : RunReason.User("run_deleted", "nothing else is kept of it"),
                    },
                ],
            },
        };
    }

    // Notices are sent for the array as a whole.
    private static TrainingManifest ManifestOf(
        TrainingManifest array,
        SortedDictionary<string, string> values,
        int index,
        int count
    )
    {
        var env = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [RunArray.IndexVariable] = FormattableString.Invariant($"{index}"),
            [RunArray.CountVariable] = FormattableString.Invariant($"{count}"),
        };
        foreach (var (name, value) in array.Env.Concat(values))
        {
            env[name] = value;
        }
        return array with { Array = null, Notify = null, Env = env };
    }
}
