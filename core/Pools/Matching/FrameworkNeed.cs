namespace Trainyard.Core.Pools.Matching;

/// <summary>The framework that a run has to find, and how a node can have it.</summary>
public sealed record FrameworkNeed
{
    public required string Name { get; init; }

    /// <summary>As the catalogue has it.</summary>
    public required string Version { get; init; }

    /// <summary>Packages any of which is the framework; empty where Python alone will do, null where none is known.</summary>
    public IReadOnlyList<string>? Packages { get; init; }

    /// <summary>The texts that versions of a package are, or begin with; empty for any.</summary>
    public IReadOnlyList<string> Versions { get; init; } = [];

    /// <summary>The Python that the run asks for, such as <c>3</c> or <c>3.11</c>; null for none.</summary>
    public string? Python { get; init; }

    /// <summary>The container image that has it, for nodes that run containers; null where none is known.</summary>
    public string? Image { get; init; }

    /// <summary>Whether an installed package's version is this version of the framework.</summary>
    public bool IsVersion(string installed)
    {
        var plain = installed.Split('+')[0];
        return Versions.Count == 0 || Versions.Any(version => IsOrIsBelow(plain, version));
    }

    /// <summary>Whether a Python's version is the one asked for.</summary>
    public bool IsPython(string version) => Python is null || IsOrIsBelow(version, Python);

    // 2.9 is 2.9 and 2.9.1, and not 2.10.
    private static bool IsOrIsBelow(string version, string asked) =>
        version.StartsWith(asked, StringComparison.Ordinal)
        && (version.Length == asked.Length || version[asked.Length] == '.');
}
