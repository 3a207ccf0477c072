namespace Trainyard.Manifests.Yaml;

/// <summary>Where a manifest's text may hold secrets: by the sections they belong in, and by telling names anywhere.</summary>
internal static class SecretPlaces
{
    private static readonly string[] TellingParts =
    [
        "secret",
        "password",
        "passwd",
        "pwd",
        "token",
        "credential",
        "key",
        "user",
        "sas",
        "auth",
    ];

    private static readonly HashSet<string> SecretSections = ["connection", "env", "notify"];

    /// <summary>Every scalar that may be secret, with its path.</summary>
    public static IEnumerable<(YamlScalar Scalar, string Path)> In(YamlNode root) => Walk(root, "", secret: false);

    private static IEnumerable<(YamlScalar, string)> Walk(YamlNode node, string path, bool secret) =>
        node switch
        {
            YamlScalar scalar => secret ? [(scalar, path)] : [],
            YamlList list => list.Items.SelectMany((n, i) => Walk(n, $"{path}[{i}]", secret)),
            YamlMap map => map
                .Entries.Concat(map.Repeated)
                .SelectMany(e => Walk(e.Value, YamlPath.Join(path, e.Key.Text), secret || IsTelling(e.Key.Text))),
            _ => [],
        };

    /// <summary>
    /// Stretches of the text that may be secret though they stand in no secret's place: keys of a connection that are
    /// none, and what follows a separator inside a key or a telling word inside a value.
    /// </summary>
    public static IEnumerable<(int Start, int End)> Stray(YamlNode root, string text) => Stray(root, text, "");

    private static IEnumerable<(int, int)> Stray(YamlNode node, string text, string path) =>
        node switch
        {
            YamlScalar scalar => Assignment(scalar, text),
            YamlList list => list.Items.SelectMany(n => Stray(n, text, path)),
            YamlMap map => map
                .Entries.Concat(map.Repeated)
                .SelectMany(e => InKey(e.Key, path).Concat(Stray(e.Value, text, YamlPath.Join(path, e.Key.Text)))),
            _ => [],
        };

    private static IEnumerable<(int, int)> InKey(YamlScalar key, string path)
    {
        var shown = ShownKey.Of(key.Text, path);
        var hidden = shown == ShownKey.Hidden ? 0 : ShownKey.NameIn(key.Text).Length;
        return hidden < key.Text.Length ? [(key.Start.Index + hidden + (key.IsPlain ? 0 : 1), key.End.Index)] : [];
    }

    private static IEnumerable<(int, int)> Assignment(YamlScalar scalar, string text)
    {
        var (start, end) = (scalar.Start.Index, Math.Min(scalar.End.Index, text.Length));
        var at = start < end ? text.AsSpan(start, end - start).IndexOfAny(':', '=') : -1;
        return at > 0 && IsTelling(text.AsSpan(start, at).Trim("'\"-").ToString()) && at + 1 < end - start
            ? [(start + at + 1, end)]
            : [];
    }

    public static bool IsTelling(string key) =>
        SecretSections.Contains(key)
        || (key is not "author" && TellingParts.Any(p => key.Contains(p, StringComparison.OrdinalIgnoreCase)));
}
