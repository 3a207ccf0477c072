using System.Globalization;
using Trainyard.Contracts.Agents;

namespace Trainyard.Core.Pools.Matching;

/// <summary>Words needs and resources for messages.</summary>
internal static class Words
{
    public const string Untold = "not said how many";

    public const string DiskUntold = "not said how much";

    public const string ContainersUntold = "not said yet whether it runs containers";

    public static string Gpus(int count) =>
        count switch
        {
            0 => "no GPU",
            1 => "1 GPU",
            _ => $"{count} GPUs",
        };

    public static string Gpus(int count, string? type) =>
        type is null ? Gpus(count) : $"{Gpus(count)} of the type {type}";

    public static string Cpus(double count) => count == 1 ? "1 CPU" : $"{Number(count)} CPUs";

    public static string Number(double count) => count.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Memory in units of 10^9 or 10^6 bytes, as in the documentation of configurations.</summary>
    public static string Memory(long bytes) =>
        bytes >= 1_000_000_000
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(bytes / 1e8) / 10:0.#} GB")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_000_000} MB");

    public static string Disk(long bytes) => $"{Memory(bytes)} of disk";

    public static string Models(NodeCapabilities? facts) =>
        facts is { Gpus.Count: > 0 }
            ? string.Join(" and ", facts.Gpus.Select(gpu => gpu.Model))
            : "GPUs that do not say their model";

    public static string Framework(FrameworkNeed need) =>
        need.Packages is { Count: 0 } ? $"Python {need.Python ?? "3"}"
        : need.Python is { } python && python != "3" ? $"{need.Name} {need.Version} on Python {python}"
        : $"{need.Name} {need.Version}";

    /// <summary>The parts of a framework that a node has.</summary>
    public static string Found(NodeCapabilities? facts, FrameworkNeed need)
    {
        if (facts is not { Pythons: { } pythons, PythonsPending: false })
        {
            return "not said yet what is installed";
        }
        if (need.Packages is { Count: 0 })
        {
            return pythons.Count == 0 ? "no Python" : string.Join(" and ", pythons.Select(p => $"Python {p.Version}"));
        }
        var found = pythons.SelectMany(python => Found(python, need)).ToList();
        return found.Count == 0 ? $"no {need.Name}" : string.Join(" and ", found);
    }

    private static IEnumerable<string> Found(PythonFacts python, FrameworkNeed need) =>
        (need.Packages ?? [])
            .Where(python.Packages.ContainsKey)
            .Select(name => $"{name} {python.Packages[name]} on Python {python.Version}");
}
