using System.Text;
using System.Text.RegularExpressions;
using Trainyard.Manifests.Model;

namespace Trainyard.Core.Stores;

/// <summary>Selects a run's data in a bucket: the objects below the prefix that match the patterns.</summary>
public sealed class ObjectSelection(DataStoreReference store)
{
    // Matching is linear in the key's length without backtracking; the timeout is a second safeguard.
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly List<Regex> _include = [.. store.Include.Select(Compile)];
    private readonly List<Regex> _exclude = [.. store.Exclude.Select(Compile)];

    /// <summary>The common prefix of the keys; empty for the whole bucket.</summary>
    public string Prefix { get; } = store.Prefix ?? "";

    /// <summary>The name of an object relative to the prefix; null when it is not selected.</summary>
    public string? NameOf(string key)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal) || key.Length == Prefix.Length)
        {
            return null;
        }
        var name = key[Prefix.Length..];
        return (_include.Count == 0 || _include.Exists(p => p.IsMatch(name))) && !_exclude.Exists(p => p.IsMatch(name))
            ? name
            : null;
    }

    // A pattern without a slash matches in every folder, as in most tools.
    private static Regex Compile(string pattern)
    {
        var text = new StringBuilder(@"\A");
        if (!pattern.Contains('/'))
        {
            text.Append("(?:.*/)?");
        }
        var parts = pattern.Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            var isLast = i == parts.Length - 1;
            text.Append(
                parts[i] == "**" ? (isLast ? ".*" : "(?:.*/)?")
                : isLast ? OfName(parts[i])
                : OfName(parts[i]) + "/"
            );
        }
        return new Regex(text.Append(@"\z").ToString(), Options | RegexOptions.Singleline, Longest);
    }

    private static string OfName(string part) =>
        Regex
            .Escape(part)
            .Replace(@"\*", "[^/]*", StringComparison.Ordinal)
            .Replace(@"\?", "[^/]", StringComparison.Ordinal);
}
