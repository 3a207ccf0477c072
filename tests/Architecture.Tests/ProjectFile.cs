using System.Xml.Linq;

namespace Trainyard.Architecture.Tests;

/// <summary>What a project file says about its neighbours. Paths are relative to the repository, with slashes.</summary>
internal sealed record ProjectFile(
    string Path,
    IReadOnlyList<Reference> Projects,
    IReadOnlyList<Reference> Packages,
    IReadOnlyList<Reference> Frameworks,
    IReadOnlyList<Reference> AdditionalFiles,
    IReadOnlyDictionary<string, string> Properties
)
{
    /// <summary>The folder, which is also the room's name: <c>core</c>, <c>backends/Embedded</c>.</summary>
    public string Room => Folder(Path);

    public bool IsProduct => !Room.StartsWith("tests/") && !Room.StartsWith("benchmarks/");

    public static ProjectFile Parse(string path, string xml)
    {
        var root = XElement.Parse(xml);
        var projects = References(root, "ProjectReference")
            .Select(reference => reference with { Name = Resolve(Folder(path), reference.Name) });
        return new ProjectFile(
            path,
            [.. projects],
            [.. References(root, "PackageReference")],
            [.. References(root, "FrameworkReference")],
            [.. References(root, "AdditionalFiles")],
            root.Elements("PropertyGroup")
                .Elements()
                .GroupBy(property => property.Name.LocalName)
                .ToDictionary(group => group.Key, group => group.Last().Value)
        );
    }

    public static string Folder(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "";

    public static string LastPart(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static IEnumerable<Reference> References(XElement root, string kind) =>
        root.Elements("ItemGroup")
            .Elements(kind)
            .Select(item => new Reference(
                (string?)item.Attribute("Include") ?? (string?)item.Attribute("Update") ?? "",
                ConditionOf(item),
                item.Attributes().Concat<XObject>(item.Elements()).ToDictionary(NameOf, ValueOf, StringComparer.Ordinal)
            ));

    private static string? ConditionOf(XElement item) =>
        new[] { item, item.Parent! }
            .Select(element => (string?)element.Attribute("Condition"))
            .FirstOrDefault(condition => condition is not null) switch
        {
            null => null,
            "'$(KeyVault)' == 'true'" => "beside",
            var condition => condition,
        };

    private static string NameOf(XObject part) =>
        part is XAttribute attribute ? attribute.Name.LocalName : ((XElement)part).Name.LocalName;

    private static string ValueOf(XObject part) =>
        part is XAttribute attribute ? attribute.Value : ((XElement)part).Value;

    private static string Resolve(string folder, string relative)
    {
        var parts = new Stack<string>(folder.Split('/', StringSplitOptions.RemoveEmptyEntries));
        foreach (var part in relative.Replace('\\', '/').Split('/'))
        {
            if (part == "..")
            {
                parts.Pop();
            }
            else
            {
                parts.Push(part);
            }
        }

        return string.Join('/', parts.Reverse());
    }
}

/// <param name="Name">The package, the framework, or the path of the project.</param>
/// <param name="Condition">Null where every build has it, <c>beside</c> where only a deployment that asks for it has.</param>
/// <param name="Attributes">Everything else the item says, by name.</param>
internal sealed record Reference(string Name, string? Condition, IReadOnlyDictionary<string, string> Attributes)
{
    public bool IsLinked => Attributes.GetValueOrDefault("ReferenceOutputAssembly") != "false";
}
