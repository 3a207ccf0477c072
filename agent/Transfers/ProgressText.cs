using System.Globalization;

namespace Trainyard.Agent.Transfers;

/// <summary>Describes the download in words, for the run's log and its status.</summary>
internal static class ProgressText
{
    private static readonly string[] Units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <param name="state">The state of the download.</param>
    /// <param name="bytesPerSecond">The recent speed.</param>
    public static string Of(DownloadState state, double bytesPerSecond)
    {
        var least = state.IsListed ? "" : "at least ";
        var text =
            $"{Number(state.Objects)} of {least}{Number(state.ListedObjects)} objects, "
            + $"{Size(state.Bytes)} of {least}{Size(state.ListedBytes)}, {Size(bytesPerSecond)}/s";
        return state.IsListed && bytesPerSecond >= 1
            ? $"{text}, about {Duration(TimeSpan.FromSeconds(Math.Min(state.BytesToCome / bytesPerSecond, 1e9)))} left"
            : text;
    }

    /// <summary>Describes a finished download and its duration.</summary>
    public static string Of(DownloadState state, TimeSpan took)
    {
        var seconds = Math.Max(took.TotalSeconds, 0.001);
        var fetched = $"{Number(state.FetchedObjects)} objects, {Size(state.FetchedBytes)}";
        var text = $"{fetched} in {Duration(took)} ({Size(state.FetchedBytes / seconds)}/s)";
        return state.SharedObjects == 0
            ? text
            : $"{text}; {Number(state.SharedObjects)} objects, {Size(state.SharedBytes)}, were on the node already";
    }

    internal static string Size(double bytes)
    {
        var unit = 0;
        for (; bytes >= 1024 && unit < Units.Length - 1; unit++)
        {
            bytes /= 1024;
        }
        var format = unit == 0 || bytes >= 100 ? "N0" : "N1";
        return bytes.ToString(format, CultureInfo.InvariantCulture) + " " + Units[unit];
    }

    internal static string Duration(TimeSpan time) =>
        time.TotalSeconds < 10 ? time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s"
        : time.TotalMinutes < 2 ? time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture) + " s"
        : time.TotalHours < 2 ? time.TotalMinutes.ToString("0", CultureInfo.InvariantCulture) + " min"
        : time.TotalHours.ToString("0.0", CultureInfo.InvariantCulture) + " h";

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
