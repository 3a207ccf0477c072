using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Reading;

/// <summary>
/// One map of the manifest while rules read it. It remembers which keys were asked for, so that
/// <see cref="Rules.UnknownKeysRule"/> knows the rest, and what to suggest for it, without a second list of keys.
/// </summary>
internal sealed class Section(YamlMap map, string path, ManifestContext context)
{
    private readonly HashSet<string> _known = [];

    public string Path { get; } = path;

    public Mark Mark { get; } = map.Start;

    /// <summary>Every key a rule has asked for here, whether it was there or not.</summary>
    public IReadOnlyCollection<string> Known => _known;

    public IEnumerable<YamlEntry> Unknown => map.Entries.Where(e => !_known.Contains(e.Key.Text));

    public bool IsEmpty => map.Entries.Count == 0;

    public bool Has(string key) => map.Entries.Any(e => e.Key.Text == key);

    /// <summary>The field under the first of the names that is there; two of them at once are an error.</summary>
    public Field? Take(params ReadOnlySpan<string> names)
    {
        Field? found = null;
        foreach (var name in names)
        {
            _known.Add(name);
            if (Find(name) is not { } entry)
            {
                continue;
            }

            if (found is null)
            {
                found = FieldOf(entry);
            }
            else
            {
                context.Problems.Error(
                    ManifestCodes.SameThingTwice,
                    $"{Quote.Key(name)} and {Quote.Key(found.Key)} are two names of the same thing; keep one.",
                    PathOf(name),
                    entry.Key.Start
                );
            }
        }

        return found is { Value: YamlScalar { IsNull: true } } ? null : found;
    }

    /// <summary>Takes every key: those of a map whose keys are the user's own.</summary>
    public IReadOnlyList<Field> TakeAll()
    {
        _known.UnionWith(map.Entries.Select(e => e.Key.Text));
        return [.. map.Entries.Select(FieldOf)];
    }

    /// <summary>The map under a name, or null (with a problem if something else stands there).</summary>
    public Section? Open(params ReadOnlySpan<string> names) => Take(names) is { } field ? context.Open(field) : null;

    public string PathOf(string key) => YamlPath.Join(Path, key);

    /// <summary>
    /// Says that a key must be here and is not. It is reported in the end, unless the key turns out to be
    /// misspelt or misplaced: that is one mistake, and one problem tells of it.
    /// </summary>
    public void Missing(string key, string what, string? allowed = null) =>
        context.AddMissing(new(PathOf(key), what, Find(key)?.Key.Start ?? Mark, allowed, HasNoValue: Has(key)));

    private YamlEntry? Find(string name) => map.Entries.FirstOrDefault(e => e.Key.Text == name);

    private Field FieldOf(YamlEntry entry) => new(entry.Key.Text, PathOf(entry.Key.Text), entry.Value, entry.Key.Start);
}

/// <summary>A key with its value; problems are reported where the value stands.</summary>
internal sealed record Field(string Key, string Path, YamlNode Value, Mark KeyMark)
{
    /// <summary>Where the value stands; an empty value has no place of its own.</summary>
    public Mark Mark => Value is YamlScalar { Text.Length: 0, IsPlain: true } ? KeyMark : Value.Start;
}

/// <summary>A key that must be there and was not found.</summary>
/// <param name="HasNoValue">The key is there, with nothing or <c>null</c> behind it.</param>
internal sealed record MissingKey(string Path, string What, Mark Mark, string? Allowed, bool HasNoValue = false);
