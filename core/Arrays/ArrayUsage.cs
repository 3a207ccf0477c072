using Trainyard.Core.Runs;

namespace Trainyard.Core.Arrays;

/// <summary>The resources that the ended runs of an array used together, as the array's only attempt.</summary>
internal static class ArrayUsage
{
    private const int Only = 1;

    public static IReadOnlyDictionary<int, RunUsage> Add(IReadOnlyDictionary<int, RunUsage> array, RunUsage run)
    {
        var before = array.GetValueOrDefault(Only);
        var usages = before is null ? new[] { run } : [before, run];
        return new Dictionary<int, RunUsage>
        {
            [Only] = new()
            {
                GpuSeconds = usages.Sum(u => u.GpuSeconds),
                CommandSeconds = usages.Sum(u => u.CommandSeconds),
                PeakMemoryBytes = usages.Max(u => u.PeakMemoryBytes),
                CpuSeconds = usages.Any(u => u.CpuSeconds is not null) ? usages.Sum(u => u.CpuSeconds) : null,
                Peaks = (before?.Peaks, run.Peaks) switch
                {
                    ({ } one, { } other) => one.Max(other),
                    var (one, other) => one ?? other,
                },
            },
        };
    }
}
