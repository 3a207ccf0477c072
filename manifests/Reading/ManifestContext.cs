using Trainyard.Manifests.Frameworks;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Text;
using Trainyard.Manifests.Yaml;

namespace Trainyard.Manifests.Reading;

/// <summary>The shared state of the rules: the tree, the problems, the draft, and the signs of a dialect.</summary>
internal sealed class ManifestContext
{
    private readonly Dictionary<string, Section> _sections = [];
    private readonly HashSet<string> _misshapen = [];
    private readonly List<MissingKey> _missing = [];

    public ManifestContext(YamlMap root, FrameworkCatalog catalog, ManifestParseMode mode, ProblemList problems)
    {
        Catalog = catalog;
        Mode = mode;
        Problems = problems;
        Root = SectionOf(root, "");
        IsFfdl = !Root.Has("model_definition") && (Root.Has("data_stores") || Root.Has("framework"));
    }

    public FrameworkCatalog Catalog { get; }

    public ManifestParseMode Mode { get; }

    public ManifestLimits Limits { get; init; } = ManifestLimits.Default;

    public ProblemList Problems { get; }

    public ManifestDraft Draft { get; } = new();

    public Section Root { get; }

    /// <summary>Fabric for Deep Learning's own layout, with <c>framework</c> and <c>data_stores</c> at the top.</summary>
    public bool IsFfdl { get; }

    public DialectSigns Signs { get; private set; }

    /// <summary>Where a key belongs that stands in a wrong place; null where the file is a training run's manifest.</summary>
    public Func<string, string?>? PlaceOf { get; init; }

    public IEnumerable<Section> Sections => _sections.Values;

    /// <summary>Where name, description and framework stand.</summary>
    public Section? Definition => IsFfdl || ReadsRoot ? Root : Root.Open("model_definition");

    /// <summary>Whether the file is a definition and nothing else.</summary>
    public bool ReadsRoot { get; init; }

    public Section? Execution => Definition?.Open("execution");

    /// <summary>The probable intended paths of unknown keys.</summary>
    public HashSet<string> MeantPaths { get; } = [];

    public IReadOnlyList<MissingKey> MissingKeys => _missing;

    public void AddMissing(MissingKey key) => _missing.Add(key);

    public void Sign(DialectSigns sign) => Signs |= sign;

    /// <summary>The map in a field; opened twice, it is the same section.</summary>
    public Section? Open(Field field) => Open(field.Value, field.Path);

    public Section? Open(YamlNode node, string path)
    {
        if (_sections.TryGetValue(path, out var open))
        {
            return open;
        }

        if (node is YamlMap map)
        {
            return SectionOf(map, path);
        }

        WrongShape(node, path, "a map of keys and values");
        return null;
    }

    public void WrongShape(YamlNode node, string path, string wanted)
    {
        // Several rules may open the same field; one report is enough.
        if (_misshapen.Add(path))
        {
            var found = node switch
            {
                YamlList => "a list",
                YamlMap => "a map",
                _ => "a single value",
            };
            Problems.Error(
                ManifestCodes.WrongShape,
                $"{Quote.Key(path)} is {found}; it should be {wanted}.",
                path,
                node.Start,
                wanted
            );
        }
    }

    /// <summary>A key that is known from another service and does nothing here.</summary>
    public void Ignore(Field? field)
    {
        if (field is not null)
        {
            Problems.Warn(
                ManifestCodes.IgnoredKey,
                $"{Quote.Key(field.Path)} is known from FfDL but has no effect here.",
                field.Path,
                field.KeyMark
            );
        }
    }

    private Section SectionOf(YamlMap map, string path) => _sections[path] = new Section(map, path, this);
}
