using System.Text.RegularExpressions;

namespace Trainyard.Manifests.Metrics;

/// <summary>The named pieces of FfDL's expressions: <c>%{TYPE}</c>, and <c>%{TYPE:name}</c>, which is captured.</summary>
internal static partial class MetricMacros
{
    private static readonly Dictionary<string, string> Pieces = new()
    {
        // The beginning of a line of glog: severity, month and day, time of day.
        ["GLOG_STAMP"] = @"[EFIW]\d{4}\s+\d\d:\d\d:\d*\.\d+",
        ["TIMESTAMP"] = @"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[-+]\d{2}:?\d{2})?",
        // Includes nan and inf, because users want to see a loss that has become one of them.
        ["FLOAT"] = @"[-+]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|nan|NaN|inf(?:inity)?|Infinity)",
        ["INT"] = @"[-+]?\d+",
        ["INT_ANY"] = @"[-+]?(?:0[xX][\dA-Fa-f]+|0[0-7]*|\d+)",
        ["HEX"] = @"[-+]?(?:0[xX])?[\dA-Fa-f]+",
    };

    public static IEnumerable<string> Names => Pieces.Keys;

    /// <returns>The expression without macros, and the first macro that there is none of.</returns>
    public static (string Expanded, string? Unknown) Expand(string expression)
    {
        string? unknown = null;
        var expanded = Macro()
            .Replace(
                expression,
                macro =>
                {
                    if (!Pieces.TryGetValue(macro.Groups["type"].Value, out var piece))
                    {
                        unknown ??= macro.Value;
                        return macro.Value;
                    }
                    return macro.Groups["name"] is { Success: true } name
                        ? $"(?<{name.Value}>{piece})"
                        : $"(?:{piece})";
                }
            );
        return (expanded, unknown);
    }

    [GeneratedRegex(@"%\{(?<type>\w+)(?::(?<name>\w+))?\}", RegexOptions.NonBacktracking)]
    private static partial Regex Macro();
}
