using Trainyard.Contracts;

namespace Trainyard.Core.Runs;

/// <summary>Maps arrays and their elements to what clients see of them.</summary>
internal static class RunArrays
{
    public static RunArrayResource? ToResource(TrainingRun run) =>
        run.Element is { } element
            ? new()
            {
                Guid = element.ArrayId.ToString(),
                Count = element.Count,
                Index = element.Index,
                Values = element.Values,
            }
        : run.Manifest.Array is { } array
            ? new()
            {
                Guid = run.Id.ToString(),
                Count = array.Count,
                Variables = array.Variables,
                States = StatesOf(ArrayCounts.Of(ArrayCounts.PhasesOf(run))),
            }
        : null;

    private static RunArrayStatesResource StatesOf(ArrayCounts counts) =>
        new(counts.All - counts.Begun, counts.Running, counts.Completed, counts.Failed, counts.Canceled);
}
