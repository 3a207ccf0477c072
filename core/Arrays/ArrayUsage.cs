using Trainyard.Core.Runs;

namespace Trainyard.Core.Arrays;

/// <summary>The resources that the ended runs of an array used together, as the array's only attempt.</summary>
internal static class ArrayUsage
{
    private const int Only = 1;

    public static IReadOnlyDictionary<int, RunUsage> Add(IReadOnlyDictionary<int, RunUsage> array, RunUsage run)
    {
        var before = array.GetValueOrDefault(Only);
        return new Dictionary<int, RunUsage> { [Only] = RunUsage.Sum(before is null ? [run] : [before, run]) };
    }
}
