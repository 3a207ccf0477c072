using System.Text.RegularExpressions;

namespace Trainyard.Manifests.Metrics;

/// <summary>The expression of a group of <c>evaluation_metrics</c>: FfDL's macros, and Python's named captures.</summary>
public static class MetricPattern
{
    // The options of FfDL: `.` also matches line ends, and `^` and `$` match at each line.
    private const RegexOptions Options =
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.CultureInvariant;

    /// <summary>How long one look may take where the expression cannot be matched in linear time.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMilliseconds(250);

    // Longer, because only a huge expression needs it. A node that is busy for a moment must not lose metrics.
    private static readonly TimeSpan PatienceWithLinear = TimeSpan.FromSeconds(10);

    /// <returns>What matches at the beginning of a text, or why the expression is none.</returns>
    public static (Regex? Regex, string? Problem) Compile(string expression)
    {
        var (expanded, unknown) = MetricMacros.Expand(expression);
        if (unknown is not null)
        {
            return (null, $"there is no macro {unknown}, only {string.Join(", ", MetricMacros.Names)}");
        }
        var anchored = $@"\A(?:{PythonPattern.Translate(expanded)})";
        try
        {
            return (Compiled(anchored), null);
        }
        catch (RegexParseException e)
        {
            return (null, $"it is no regular expression ({e.Error})");
        }
    }

    /// <summary>The name that a value such as <c>$loss</c> refers to; null for a value that is a text of its own.</summary>
    public static string? CaptureOf(string value) => value.StartsWith('$') ? value[1..] : null;

    // Matches in linear time, except for lookarounds and backreferences, which need backtracking.
    private static Regex Compiled(string pattern)
    {
        try
        {
            return new Regex(pattern, Options | RegexOptions.NonBacktracking, PatienceWithLinear);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, Options, Patience);
        }
    }
}
