using System.Collections.Concurrent;
using System.Text.Json;
using Trainyard.Contracts;

namespace Trainyard.Core.Pools.Matching;

/// <summary>Needs as queues keep them. Many runs need the same, and a queue is read whole at each look.</summary>
public static class NeedsText
{
    private const int MostKept = 1_000;

    private static readonly ConcurrentDictionary<string, RunNeeds> Known = new();

    public static string Write(RunNeeds needs) => JsonSerializer.Serialize(needs, WireJson.Options);

    /// <summary>The one instance for needs that are the same: their lists are compared by reference.</summary>
    public static RunNeeds Intern(RunNeeds needs) =>
        needs is { Framework: null, Requires: null } ? needs : Read(Write(needs), needs.Gpus);

    /// <summary>Those of an attempt that was queued before they were kept are its GPUs.</summary>
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
