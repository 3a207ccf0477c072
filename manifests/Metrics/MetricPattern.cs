using System.Text.RegularExpressions;

namespace Trainyard.Manifests.Metrics;

/// <summary>The expression of a group of <c>evaluation_metrics</c>: FfDL's macros, and Python's named captures.</summary>
public static class MetricPattern
{
    // As FfDL compiles them: `.` takes line ends too, and `^` and `$` know lines.
    private const RegexOptions Options =
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.CultureInvariant;

    /// <summary>How long one look may take where the expression cannot be matched in linear time.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMilliseconds(250);

    // Longer, since only a huge expression comes near it: a node that is busy for a moment must not lose metrics by it.
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

    // In linear time, unless it looks around or back.
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
