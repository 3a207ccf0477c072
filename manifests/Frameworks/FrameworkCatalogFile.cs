using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Text;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Frameworks;

/// <summary>Reads the catalogue's YAML; strict, so that an operator's slip shows at start.</summary>
internal static class FrameworkCatalogFile
{
    private static readonly string[] FrameworkKeys = ["name", "note", "packages", "versions"];

    private static readonly string[] VersionKeys = ["version", "also", "python", "image", "offered", "note"];

    public static FrameworkCatalog Parse(string yaml)
    {
        var problems = new ProblemList(limit: 1);
        var root = new YamlTreeReader(ManifestLimits.Default, problems).Read(yaml);
        if (problems.Errors() is [var first, ..])
        {
            throw new FrameworkCatalogException($"The framework catalogue, line {first.Line}: {first.Message}");
        }

        var file = Map(root!, ["frameworks"]);
        var releases = List(file, "frameworks", root!).SelectMany(Releases).ToList();
        var twice = releases.GroupBy(r => (r.Name, r.Version)).FirstOrDefault(g => g.Count() > 1);
        return twice is null
            ? new FrameworkCatalog(releases)
            : throw new FrameworkCatalogException(
                $"The framework catalogue has {twice.Key.Name} {twice.Key.Version} twice."
            );
    }

    private static IEnumerable<FrameworkRelease> Releases(YamlNode node)
    {
        var framework = Map(node, FrameworkKeys);
        var name = Text(framework, "name") ?? throw Wrong(node, "a framework needs a name");
        var packages = framework.ContainsKey("packages") ? Texts(framework, "packages") : null;
        return List(framework, "versions", node).Select(v => Release(v, name) with { Packages = packages });
    }

    private static FrameworkRelease Release(YamlNode node, string name)
    {
        var version = Map(node, VersionKeys);
        return new()
        {
            Name = name,
            Version = Text(version, "version") ?? throw Wrong(node, "a version needs its text"),
            Also = Texts(version, "also"),
            Python = Texts(version, "python"),
            Image = Text(version, "image"),
            Offered = Text(version, "offered") switch
            {
                null or "true" => true,
                "false" => false,
                _ => throw Wrong(node, "offered is true or false"),
            },
        };
    }

    private static Dictionary<string, YamlNode> Map(YamlNode node, string[] keys)
    {
        var map = node as YamlMap ?? throw Wrong(node, "a map is needed here");
        var unknown = map.Entries.FirstOrDefault(e => !keys.Contains(e.Key.Text));
        return unknown is null
            ? map.Entries.ToDictionary(e => e.Key.Text, e => e.Value)
            : throw Wrong(unknown.Key, $"a key here is one of {string.Join(", ", keys)}");
    }

    private static IReadOnlyList<YamlNode> List(Dictionary<string, YamlNode> map, string key, YamlNode at) =>
        map.GetValueOrDefault(key) is YamlList list
            ? list.Items
            : throw Wrong(at, $"{key} is a list and must be there");

    private static string? Text(Dictionary<string, YamlNode> map, string key) =>
        map.GetValueOrDefault(key) switch
        {
            null or YamlScalar { IsNull: true } => null,
            YamlScalar scalar => scalar.Text,
            { } other => throw Wrong(other, $"{key} is a text"),
        };

    private static IReadOnlyList<string> Texts(Dictionary<string, YamlNode> map, string key) =>
        map.GetValueOrDefault(key) switch
        {
            null => [],
            YamlList list when list.Items.All(i => i is YamlScalar) =>
            [
                .. list.Items.Cast<YamlScalar>().Select(s => s.Text),
            ],
            { } other => throw Wrong(other, $"{key} is a list of texts"),
        };

    private static FrameworkCatalogException Wrong(YamlNode node, string what) =>
        new($"The framework catalogue, line {node.Start.Line}: {what}.");
}
