using System.Globalization;

namespace Trainyard.Agent.Metrics;

/// <summary>Parses the time of a record.</summary>
internal static class MetricTime
{
    private const double MostSeconds = 253_402_300_800;

    /// <summary>Milliseconds of Unix time; null when the text is not a time.</summary>
    public static long? Parse(string text)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return OfNumber(number);
        }
        const DateTimeStyles styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, styles, out var date)
            ? date.ToUnixTimeMilliseconds()
            : null;
    }

    /// <summary>Converts seconds of Unix time, or a number so large that it can only be milliseconds.</summary>
    public static long? OfNumber(double number) =>
        number is > 0 and < MostSeconds ? (long)(number < 1e11 ? number * 1000 : number) : OfMilliseconds(number);

    private static long? OfMilliseconds(double number) =>
        number is >= MostSeconds and < MostSeconds * 1000 ? (long)number : null;
}
