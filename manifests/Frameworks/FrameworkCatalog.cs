using System.Reflection;

namespace Trainyard.Manifests.Frameworks;

/// <summary>The frameworks that manifests may name: one data file, which an operator may replace.</summary>
public sealed class FrameworkCatalog
{
    /// <summary>The framework that is a container image of the user's own. Always known, in no catalogue.</summary>
    public const string CustomName = "custom";

    private static readonly Lazy<FrameworkCatalog> BuiltIn = new(() => FrameworkCatalogFile.Parse(EmbeddedText()));

    private readonly Dictionary<string, List<FrameworkRelease>> _byName;

    internal FrameworkCatalog(IReadOnlyList<FrameworkRelease> releases)
    {
        All = releases;
        _byName = releases.GroupBy(r => r.Name).ToDictionary(g => g.Key, g => g.ToList());
    }

    /// <summary>The catalogue that comes with the product.</summary>
    public static FrameworkCatalog Default => BuiltIn.Value;

    /// <summary>Every release in the file's order, offered or not.</summary>
    public IReadOnlyList<FrameworkRelease> All { get; }

    public IEnumerable<FrameworkRelease> Offered => All.Where(r => r.Offered);

    /// <summary>Names of frameworks with an offered version, in the file's order, then <c>custom</c>.</summary>
    public IEnumerable<string> OfferedNames => Offered.Select(r => r.Name).Distinct().Append(CustomName);

    /// <summary>The Python packages that frameworks come in.</summary>
    public IEnumerable<string> Packages => All.SelectMany(r => r.Packages ?? []).Distinct();

    /// <summary>Reads an operator's catalogue.</summary>
    /// <exception cref="FrameworkCatalogException">It is no catalogue; the message says where and why.</exception>
    public static FrameworkCatalog LoadFile(string path) => FrameworkCatalogFile.Parse(File.ReadAllText(path));

    public IReadOnlyList<FrameworkRelease> VersionsOf(string name) => _byName.GetValueOrDefault(name) ?? [];

    /// <summary>
    /// The release that a version's text means: as written, or without the <c>-gpu</c>, <c>-py2</c> and
    /// <c>-py3</c> that were once part of versions.
    /// </summary>
    public FrameworkRelease? Find(string name, string version)
    {
        var releases = VersionsOf(name);
        return releases.FirstOrDefault(r => r.Version == version || r.Also.Contains(version))
            ?? FindBySuffix(releases, VersionSuffix.Split(version));
    }

    private static FrameworkRelease? FindBySuffix(IReadOnlyList<FrameworkRelease> releases, VersionSuffix split) =>
        split.HasSuffix
            ? releases.FirstOrDefault(r =>
                (r.Version == split.Version || r.Also.Contains(split.Version))
                && (split.Python is null || r.HasPython(split.Python))
            )
            : null;

    private static string EmbeddedText()
    {
        using var stream =
            Assembly.GetExecutingAssembly().GetManifestResourceStream("Trainyard.Manifests.Frameworks.frameworks.yaml")
            ?? throw new InvalidOperationException("The framework catalogue is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>An operator's catalogue file is not as it should be.</summary>
public sealed class FrameworkCatalogException(string message) : Exception(message);
