using System.Text.RegularExpressions;

namespace Trainyard.Contracts.Agents;

/// <summary>Labels (names and values) that operators give a node and that manifests can require.</summary>
public static partial class NodeLabels
{
    public const int Most = 32;
    public const string NameRule =
        "1 to 63 letters, digits, `.`, `-`, `_` and `/`, starting and ending with a letter or digit";
    public const string ValueRule = "1 to 63 letters, digits, `.`, `-` and `_`";

    public static bool IsName(string text) => Name().IsMatch(text);

    public static bool IsValue(string text) => Value().IsMatch(text);

    /// <summary>Whether the number of labels, their names and their values are allowed.</summary>
    public static bool AreWithinLimits(IReadOnlyDictionary<string, string>? labels) =>
        labels is null || (labels.Count <= Most && labels.All(label => IsName(label.Key) && IsValue(label.Value)));

    /// <summary>Parses <c>key=value,key=value</c>; null for any other text.</summary>
    public static SortedDictionary<string, string>? Read(string text)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (
                part.Split('=', 2, StringSplitOptions.TrimEntries) is not [var name, var value]
                || !IsName(name)
                || !IsValue(value)
                || !labels.TryAdd(name, value)
            )
            {
                return null;
            }
        }
        return labels.Count <= Most ? labels : null;
    }

    [GeneratedRegex(
        @"\A[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?\z",
        RegexOptions.None,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,63}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Value();
}
