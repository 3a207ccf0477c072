using System.Globalization;

namespace Trainyard.Agent.Gpus;

/// <summary>The GPUs that the agent may use: parses <c>CUDA_VISIBLE_DEVICES</c> in the same way as CUDA.</summary>
internal static class VisibleGpus
{
    public const string Variable = "CUDA_VISIBLE_DEVICES";
    private static readonly string[] Nothing = ["", "-1", "none", "void", "NoDevFiles"];

    /// <summary>Whether the variable hides all GPUs.</summary>
    public static bool HidesAll(string? visible) =>
        visible is not null && Nothing.Contains(visible.Split(',')[0].Trim(), StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Selects by number, or by the start of a UUID; a GPU stands for all its slices. As in CUDA, an unknown name also
    /// hides all names after it.
    /// </summary>
    /// <param name="visible">The variable; null for all.</param>
    /// <param name="gpus">The machine's GPUs.</param>
    /// <param name="parents">Maps the UUID of a slice to the UUID of its GPU.</param>
    public static IReadOnlyList<Gpu> Of(
        string? visible,
        IReadOnlyList<Gpu> gpus,
        IReadOnlyDictionary<string, string> parents
    )
    {
        if (visible is null)
        {
            return gpus;
        }
        if (HidesAll(visible))
        {
            return [];
        }
        var chosen = visible
            .Split(',', StringSplitOptions.TrimEntries)
            .Select(name => gpus.Where(gpu => IsNamed(gpu, name, parents)).ToList())
            .TakeWhile(found => found.Count > 0)
            .SelectMany(found => found)
            .ToHashSet();
        return [.. gpus.Where(chosen.Contains)];
    }

    private static bool IsNamed(Gpu gpu, string name, IReadOnlyDictionary<string, string> parents)
    {
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            return gpu.Index == index;
        }
        var isUuid =
            name.StartsWith("GPU-", StringComparison.Ordinal) || name.StartsWith("MIG-", StringComparison.Ordinal);
        return isUuid
            && (
                gpu.Uuid.StartsWith(name, StringComparison.Ordinal)
                || parents.GetValueOrDefault(gpu.Uuid)?.StartsWith(name, StringComparison.Ordinal) == true
            );
    }
}
