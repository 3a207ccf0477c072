using System.Globalization;

namespace Trainyard.Agent.Processes;

/// <summary>The resource limits of this process and its children.</summary>
internal static class ResourceLimit
{
    /// <summary>The hard limit of this name in <c>/proc/self/limits</c>, at most the given value.</summary>
    public static long Hard(string name, long most)
    {
        var line = File.ReadLines("/proc/self/limits")
            .FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        var fields = line?[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return fields.Length > 1 && long.TryParse(fields[1], CultureInfo.InvariantCulture, out var hard)
            ? Math.Min(hard, most)
            : most;
    }
}
