using System.Diagnostics.CodeAnalysis;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Manifests;

/// <summary>The result of parsing: a manifest with its secrets, or all errors at once.</summary>
public sealed class ManifestParseResult
{
    /// <summary>Null when there is any error.</summary>
    public TrainingManifest? Manifest { get; init; }

    /// <summary>Null when there is any error.</summary>
    public RunSecrets? Secrets { get; init; }

    /// <summary>Where the data store's connection names a secret of the service; also where another part has an error.</summary>
    public SecretReference? DataSecret { get; init; }

    /// <summary>The same for the results' store.</summary>
    public SecretReference? ResultsSecret { get; init; }

    /// <summary>The same for the registry of the image.</summary>
    public SecretReference? RegistrySecret { get; init; }

    /// <summary>In the order of the text.</summary>
    public required IReadOnlyList<ManifestProblem> Errors { get; init; }

    /// <summary>In the order of the text.</summary>
    public required IReadOnlyList<ManifestProblem> Warnings { get; init; }

    public ManifestDialect Dialect { get; init; }

    /// <summary>Where its keys stand.</summary>
    public ManifestKeys Keys { get; init; } = ManifestKeys.None;

    [MemberNotNullWhen(true, nameof(Manifest), nameof(Secrets))]
    public bool IsValid => Manifest is not null && Secrets is not null;
}
