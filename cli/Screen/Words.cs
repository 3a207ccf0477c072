using System.Globalization;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Screen;

/// <summary>Formats times, sizes and states for people.</summary>
internal static class Words
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string? Time(DateTimeOffset? time) => time is { } known ? Time(known) : null;

    /// <summary>Powers of 1000, as disks and buckets are counted: <c>1.3 MB</c>.</summary>
    public static string Size(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        while (value >= 999.5 && unit < Units.Length - 1)
        {
            (value, unit) = (value / 1000, unit + 1);
        }
        return unit == 0 || value >= 100
            ? string.Create(CultureInfo.InvariantCulture, $"{value:0} {Units[unit]}")
            : string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {Units[unit]}");
    }

    public static string Count(int number, string one, string several) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {(number == 1 ? one : several)}");

    public static string Duration(double seconds)
    {
        var time = TimeSpan.FromSeconds(seconds);
        return seconds < 60
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00} h"
            );
    }

    /// <summary>How far a run says it is: <c>30%, step 3 of 10, 12.5 s left</c>.</summary>
    public static string Progress(ProgressResource progress)
    {
        var parts = new List<string>();
        if (progress.Percent is { } percent)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{percent:0}%"));
        }
        if (progress.Step is { } step)
        {
            var of = progress.Steps is { } steps ? string.Create(CultureInfo.InvariantCulture, $" of {steps}") : "";
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"step {step}{of}"));
        }
        if (progress.SecondsLeft is > 0 and { } left)
        {
            parts.Add($"{Duration(left)} left");
        }
        return string.Join(", ", parts);
    }

    /// <summary>
    /// The exception's message for use inside our own sentence. Cuts off the file, which that sentence names itself.
    /// </summary>
    public static string Why(Exception thrown) => thrown.Message.Split(" : '")[0].TrimEnd('.', ' ', '\r', '\n');

    public static string State(RunState state) => state.ToString().ToLowerInvariant();

    public static Colour ColourOf(RunState state) =>
        state switch
        {
            RunState.Completed => Colour.Green,
            RunState.Error => Colour.Red,
            RunState.Canceled => Colour.Yellow,
            RunState.Running => Colour.Cyan,
            _ => Colour.Plain,
        };

    public static Colour ColourOf(string phase) =>
        phase switch
        {
            "COMPLETED" => Colour.Green,
            "FAILED" => Colour.Red,
            "HALTED" => Colour.Yellow,
            _ => Colour.Cyan,
        };
}
