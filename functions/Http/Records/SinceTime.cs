using System.Globalization;
using System.Text.RegularExpressions;

namespace Trainyard.Functions.Http.Records;

/// <summary>
/// Parses <c>since_time</c> like FfDL: milliseconds of Unix time, a date in the usual layouts, a Go duration or
/// <c>N unit ago</c>, <c>now</c>, <c>yesterday</c>.
/// </summary>
internal static partial class SinceTime
{
    private static readonly string[] Layouts =
    [
        "yyyy-MM-dd HH:mm:ss.FFFFFFF zzz",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd HH:mm:ss.FFFFFFF",
        "yyyy-MM-dd",
        "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
        "ddd, dd MMM yyyy HH:mm:ss 'UTC'",
        "ddd, dd MMM yyyy HH:mm:ss zzz",
        "ddd MMM d HH:mm:ss yyyy",
        "ddd MMM d HH:mm:ss 'UTC' yyyy",
    ];

    /// <summary>Milliseconds of Unix time; null for any other text.</summary>
    public static long? Read(string text, DateTimeOffset now)
    {
        text = text.Trim();
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var ms))
        {
            return ms;
        }
        return text switch
        {
            "now" => now.ToUnixTimeMilliseconds(),
            "yesterday" => now.AddDays(-1).ToUnixTimeMilliseconds(),
            _ => (ReadAgo(text) is { } ago ? Before(now, ago) : ReadDate(text))?.ToUnixTimeMilliseconds(),
        };
    }

    private static DateTimeOffset? Before(DateTimeOffset now, TimeSpan ago) =>
        ago < now - DateTimeOffset.UnixEpoch ? now - ago : DateTimeOffset.UnixEpoch;

    private static DateTimeOffset? ReadDate(string text) =>
        DateTimeOffset.TryParseExact(
            Fraction().Replace(text.Replace(" +0000 UTC", " +00:00"), "$1"),
            Layouts,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces,
            out var date
        )
            ? date
            : null;

    private static TimeSpan? ReadAgo(string text)
    {
        var words = Ago().Match(text);
        if (words.Success)
        {
            return Span(words.Groups["number"].Value, words.Groups["unit"].Value);
        }
        if (!Duration().IsMatch(text))
        {
            return null;
        }
        var sum = TimeSpan.Zero;
        foreach (Match part in DurationPart().Matches(text))
        {
            if (Span(part.Groups["number"].Value, part.Groups["unit"].Value) is not { } span)
            {
                return null;
            }
            sum += span;
        }
        return sum;
    }

    private static TimeSpan? Span(string number, string unit)
    {
        var seconds =
            double.Parse(number, CultureInfo.InvariantCulture)
            * unit switch
            {
                "ms" or "millisecond" => 0.001,
                "s" or "second" => 1,
                "m" or "minute" => 60,
                "h" or "hour" => 3600,
                "day" => 86_400,
                "week" => 604_800,
                "month" => 2_592_000,
                _ => 31_536_000,
            };
        return seconds < 1e10 ? TimeSpan.FromSeconds(seconds) : null;
    }

    [GeneratedRegex(
        @"^(?<number>\d{1,9}) (?<unit>second|minute|hour|day|week|month|year)s? ago\z",
        RegexOptions.CultureInvariant,
        1000
    )]
    private static partial Regex Ago();

    [GeneratedRegex(@"^(?:\d{1,9}(?:\.\d{1,9})?(?:ms|s|m|h)){1,4}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Duration();

    [GeneratedRegex(@"(?<number>\d{1,9}(?:\.\d{1,9})?)(?<unit>ms|s|m|h)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex DurationPart();

    // Go writes nanoseconds; .NET parses at most seven digits.
    [GeneratedRegex(@"(\.\d{7})\d+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Fraction();
}
