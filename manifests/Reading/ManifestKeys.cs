using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Reading;

/// <summary>Where the keys of a manifest stand in its text, for problems that are found after it was read.</summary>
public sealed class ManifestKeys
{
    private readonly YamlMap? _root;

    internal ManifestKeys(YamlMap? root) => _root = root;

    /// <summary>Of a manifest that has no text.</summary>
    public static ManifestKeys None { get; } = new(null);

    /// <summary>Where a problem with this key is shown, as problems of reading are; null where the key is not there.</summary>
    /// <param name="keys">The keys from the top of the manifest down to it.</param>
    public KeyPlace? Find(params ReadOnlySpan<string> keys)
    {
        YamlNode? node = _root;
        YamlEntry? entry = null;
        foreach (var key in keys)
        {
            entry = Entry(node, key);
            if (entry is null)
            {
                return null;
            }
            node = entry.Value;
        }
        return entry is null ? null : Place(string.Join('.', keys!), entry);
    }

    private static YamlEntry? Entry(YamlNode? node, string key) =>
        (node as YamlMap)?.Entries.FirstOrDefault(entry => entry.Key.Text == key);

    // A map may begin on a different line from its key.
    private static KeyPlace Place(string path, YamlEntry entry)
    {
        var mark = entry.Value is YamlScalar { Text.Length: > 0 } value ? value.Start : entry.Key.Start;
        return new KeyPlace(path, mark.Line, mark.Column);
    }
}

/// <summary>A key's path and where it is shown; line and column count from 1.</summary>
public sealed record KeyPlace(string Path, int Line, int Column);
