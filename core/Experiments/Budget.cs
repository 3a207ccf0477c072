using System.Globalization;
using Trainyard.Manifests.Experiments.Model;

namespace Trainyard.Core.Experiments;

/// <summary>The limits after which a search starts no further training runs.</summary>
internal static class Budget
{
    private const double SecondsOfHour = 3600;

    /// <summary>Why no further training run is started; null while one may be.</summary>
    public static string? Spent(SearchSettings search, ReferenceRun part, DateTimeOffset start, DateTimeOffset now)
    {
        var used = part.Trials.Sum(t => t.GpuSeconds) / SecondsOfHour;
        if (search.MaxGpuHours is { } most && used >= most)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{used:G4} GPU hours were used, of {most:G4} allowed.");
        }
        return search.MaxHours is { } hours && (now - start).TotalHours >= hours
            ? string.Create(CultureInfo.InvariantCulture, $"The {hours:G4} hours that it may take are over.")
            : null;
    }
}
