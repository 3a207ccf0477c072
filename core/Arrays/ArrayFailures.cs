using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;

namespace Trainyard.Core.Arrays;

/// <summary>The first runs of an array that failed, for its reason.</summary>
internal sealed record ArrayFailures(IReadOnlyList<TrainingRun> First)
{
    public const int Told = 3;

    public static ArrayFailures None { get; } = new([]);

    /// <summary>The fault is that of the first.</summary>
    public RunReason ToReason(ArrayCounts counts)
    {
        var told = First.Select(run => $"{run.Id} ({run.Element}) {run.Reason}");
        var more = counts.Failed > First.Count && First.Count > 0 ? $"; and {counts.Failed - First.Count} more" : "";
        return new RunReason
        {
            Code = "array_failed",
            Message = $"{counts}. {string.Join("; ", told)}{more}".TrimEnd('.', ' '),
            Fault = First.Select(run => run.Reason?.Fault).FirstOrDefault(fault => fault is not null) ?? Fault.User,
        };
    }
}
