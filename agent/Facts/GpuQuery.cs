using System.Globalization;
using Trainyard.Agent.Gpus;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Facts;

/// <summary>The driver's facts about the GPUs besides their names: their memory, and the driver's version.</summary>
/// <param name="MemoryBytes">By UUID.</param>
/// <param name="Driver">The driver's version; null when it is unknown.</param>
internal sealed record GpuQuery(IReadOnlyDictionary<string, long> MemoryBytes, string? Driver)
{
    private static readonly string[] Question =
    [
        "--query-gpu=uuid,memory.total,driver_version",
        "--format=csv,noheader,nounits",
    ];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static GpuQuery Nothing { get; } = new(new Dictionary<string, long>(), null);

    public static async Task<GpuQuery> AskAsync() =>
        Read(await BoundedProgram.AskAsync("nvidia-smi", Question, Patience) ?? "");

    internal static GpuQuery Read(string answer)
    {
        var lines = answer
            .Split('\n')
            .Select(line => line.Split(',', StringSplitOptions.TrimEntries))
            .Where(parts => parts.Length == 3 && parts[0].StartsWith("GPU-", StringComparison.Ordinal))
            .ToList();
        var memory = new Dictionary<string, long>();
        foreach (var parts in lines)
        {
            if (long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var mebibytes))
            {
                memory[parts[0]] = mebibytes << 20;
            }
        }
        return new GpuQuery(memory, lines.Count > 0 ? lines[0][2] : null);
    }

    public IReadOnlyList<GpuFacts> Describe(IEnumerable<Gpu> gpus) =>
        [
            .. gpus.Select(gpu =>
                    (gpu.Model, Memory: MemoryBytes.TryGetValue(gpu.Uuid, out var bytes) ? bytes : (long?)null)
                )
                .GroupBy(gpu => gpu)
                .Select(alike => new GpuFacts(alike.Key.Model, alike.Count(), alike.Key.Memory)),
        ];
}
