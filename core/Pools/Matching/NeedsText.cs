using System.Collections.Concurrent;
using System.Text.Json;
using Trainyard.Contracts;

namespace Trainyard.Core.Pools.Matching;

/// <summary>
/// Serializes needs for storage in queues. Caches the results, because many runs have equal needs and each look reads
/// the whole queue.
/// </summary>
public static class NeedsText
{
    private const int MostKept = 1_000;

    private static readonly ConcurrentDictionary<string, RunNeeds> Known = new();

    public static string Write(RunNeeds needs) => JsonSerializer.Serialize(needs, WireJson.Options);

    /// <summary>Returns the shared instance of equal needs: their lists are compared by reference.</summary>
    public static RunNeeds Intern(RunNeeds needs) =>
        needs is { Framework: null, Requires: null } ? needs : Read(Write(needs), needs.Gpus);

    /// <summary>Reads the needs of an attempt. Attempts queued by older versions only have a number of GPUs.</summary>
    public static RunNeeds Read(string? text, int gpus)
    {
        if (text is null)
        {
            return new RunNeeds { Gpus = gpus };
        }
        if (Known.TryGetValue(text, out var known))
        {
            return known;
        }
        if (Known.Count >= MostKept)
        {
            Known.Clear();
        }
        return Known[text] = JsonSerializer.Deserialize<RunNeeds>(text, WireJson.Options)!;
    }
}
