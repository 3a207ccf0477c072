namespace Trainyard.Manifests.Frameworks;

/// <summary>One version of one framework, as the catalogue's file describes it.</summary>
public sealed record FrameworkRelease
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    /// <summary>Other texts that mean this version.</summary>
    public IReadOnlyList<string> Also { get; init; } = [];

    /// <summary>Its Python versions; <c>3</c> stands for every 3.x. Empty where it uses no Python.</summary>
    public IReadOnlyList<string> Python { get; init; } = [];

    /// <summary>
    /// The Python packages that each provide the framework; empty when it is Python itself, null when its packages are
    /// unknown.
    /// </summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public IReadOnlyList<string>? Packages { get; init; }

    public string? Image { get; init; }

    /// <summary>False for a version that is known but not accepted.</summary>
    public bool Offered { get; init; } = true;

    public bool HasPython(string version) =>
        Python.Any(p => p == version || version.StartsWith($"{p}.") || p.StartsWith($"{version}."));
}
