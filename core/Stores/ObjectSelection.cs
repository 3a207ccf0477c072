using Trainyard.Manifests.Model;

namespace Trainyard.Core.Stores;

/// <summary>Selects a run's data in a bucket: the objects below the prefix that match the patterns.</summary>
public sealed class ObjectSelection(DataStoreReference store)
{
    private readonly List<GlobPattern> _include = [.. store.Include.Select(GlobPattern.Parse)];
    private readonly List<GlobPattern> _exclude = [.. store.Exclude.Select(GlobPattern.Parse)];

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
}
