using System.CommandLine;
using System.Globalization;
using Trainyard.Cli.Service;

namespace Trainyard.Cli.Commands;

/// <summary>The options of <c>monitor</c> that choose lines by when, and by whom, they were printed.</summary>
internal sealed class LogTimeOptions
{
    public Option<string?> Since { get; } =
        Moment("--since", "only lines printed since: a time, or how long ago (10m)");

    public Option<string?> Until { get; } = Moment("--until", "only lines printed until then; follows no longer");

    public Option<bool> Timestamps { get; } = new("--timestamps") { Description = "print its time before each line" };

    public Option<int?> Learner { get; } =
        new("--learner") { Description = "only this learner's log, from 1; without it, of all", HelpName = "N" };

    public LogSelection Read(ParseResult parsed) =>
        new()
        {
            Since = Absolute(parsed.GetValue(Since)),
            Until = Absolute(parsed.GetValue(Until)),
            Timestamps = parsed.GetValue(Timestamps),
            Learner = parsed.GetValue(Learner),
        };

    // The service parses the time: it accepts more forms, and lists them in its error.
    private static Option<string?> Moment(string name, string description) =>
        new(name) { Description = description, HelpName = "TIME" };

    // A relative time counts from the start of the command, however often the connection breaks.
    private static string? Absolute(string? text)
    {
        var seconds = text?.LastOrDefault() switch
        {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            _ => 0,
        };
        if (
            seconds == 0
            || !int.TryParse(text![..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number > 100_000
        )
        {
            return text;
        }
        var moment = TimeProvider.System.GetUtcNow().AddSeconds(-1.0 * number * seconds);
        return moment.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
    }
}
