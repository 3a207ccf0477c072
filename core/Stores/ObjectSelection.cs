using System.Text;
using System.Text.RegularExpressions;
using Trainyard.Manifests.Model;

namespace Trainyard.Core.Stores;

/// <summary>The objects of a bucket that are a run's data: those below the prefix that the patterns choose.</summary>
public sealed class ObjectSelection(DataStoreReference store)
{
    // Without backtracking no pattern takes longer than its key is long; the limit is a second lock.
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly List<Regex> _include = [.. store.Include.Select(Compile)];
    private readonly List<Regex> _exclude = [.. store.Exclude.Select(Compile)];

    /// <summary>What their keys begin with; empty for all of the bucket.</summary>
    public string Prefix { get; } = store.Prefix ?? "";

    /// <summary>What the object is called below the prefix; null when it is none of the data.</summary>
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

    // A pattern of one name is met in every folder, as those of most tools are.
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
