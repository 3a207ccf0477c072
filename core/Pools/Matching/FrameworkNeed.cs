namespace Trainyard.Core.Pools.Matching;

/// <summary>The framework that a run needs, and the ways in which a node can provide it.</summary>
public sealed record FrameworkNeed
{
    public required string Name { get; init; }

    /// <summary>The version in the framework catalogue.</summary>
    public required string Version { get; init; }

    /// <summary>
    /// The packages that each provide the framework; empty when Python alone is enough, null when none is known.
    /// </summary>
    public IReadOnlyList<string>? Packages { get; init; }

    /// <summary>The accepted versions of a package, or their beginnings; empty for any.</summary>
    public IReadOnlyList<string> Versions { get; init; } = [];

    /// <summary>The Python that the run asks for, such as <c>3</c> or <c>3.11</c>; null for none.</summary>
    public string? Python { get; init; }

    /// <summary>
    /// The container image that provides the framework, for nodes that run containers; null when none is known.
    /// </summary>
    public string? Image { get; init; }

    /// <summary>Whether the version of an installed package counts as this version of the framework.</summary>
    public bool IsVersion(string installed)
    {
        var plain = installed.Split('+')[0];
        return Versions.Count == 0 || Versions.Any(version => IsOrIsBelow(plain, version));
    }

    /// <summary>Whether a Python version matches the requested one.</summary>
    public bool IsPython(string version) => Python is null || IsOrIsBelow(version, Python);

    // 2.9 matches 2.9 and 2.9.1, but not 2.10.
    private static bool IsOrIsBelow(string version, string asked) =>
        version.StartsWith(asked, StringComparison.Ordinal)
        && (version.Length == asked.Length || version[asked.Length] == '.');
}
