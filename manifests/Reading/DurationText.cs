using System.Globalization;
using System.Text;

namespace Trainyard.Manifests.Reading;

/// <summary>Durations as people write them: <c>90s</c>, <c>45m</c>, <c>12h</c>, <c>7d</c>, <c>1h30m</c>.</summary>
public static class DurationText
{
    private static readonly (char Unit, long Seconds)[] Units = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

    /// <summary>The duration, or null when the text is none. Units stand from large to small, each once.</summary>
    public static TimeSpan? Read(string text)
    {
        long total = 0;
        var unit = 0;
        var at = 0;
        while (at < text.Length)
        {
            var digits = at;
            while (digits < text.Length && char.IsAsciiDigit(text[digits]))
            {
                digits++;
            }

            if (digits == at || digits - at > 7 || digits == text.Length)
            {
                return null;
            }

            var found = Array.FindIndex(Units, unit, u => u.Unit == char.ToLowerInvariant(text[digits]));
            if (found < 0)
            {
                return null;
            }

            total += int.Parse(text.AsSpan(at, digits - at), CultureInfo.InvariantCulture) * Units[found].Seconds;
            unit = found + 1;
            at = digits + 1;
        }

        return text.Length == 0 ? null : TimeSpan.FromSeconds(total);
    }

    /// <summary>The shortest text that reads back as the same whole seconds.</summary>
    public static string Write(TimeSpan duration)
    {
        var rest = (long)duration.TotalSeconds;
        var text = new StringBuilder();
        foreach (var (unit, seconds) in Units)
        {
            if (rest >= seconds)
            {
                text.Append(CultureInfo.InvariantCulture, $"{rest / seconds}{unit}");
                rest %= seconds;
            }
        }

        return text.Length == 0 ? "0s" : text.ToString();
    }
}
