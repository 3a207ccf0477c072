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

    public static bool IsTelling(string key) =>
        SecretSections.Contains(key)
        || (key is not "author" && TellingParts.Any(p => key.Contains(p, StringComparison.OrdinalIgnoreCase)));
}
