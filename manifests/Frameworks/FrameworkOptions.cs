namespace Trainyard.Manifests.Frameworks;

/// <summary>Which catalogue of frameworks is used. Settings section <c>Frameworks</c>.</summary>
public sealed class FrameworkOptions
{
    public const string SectionName = "Frameworks";

    /// <summary>An operator's own catalogue file, read at start; null for the one that comes with the product.</summary>
    public string? CatalogPath { get; set; }

    /// <summary>The catalogue these options name.</summary>
    /// <exception cref="FrameworkCatalogException">The file is no catalogue; the message says where and why.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public FrameworkCatalog Load() =>
        CatalogPath is { Length: > 0 } path ? FrameworkCatalog.LoadFile(path) : FrameworkCatalog.Default;
}
