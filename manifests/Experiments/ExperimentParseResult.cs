using System.Diagnostics.CodeAnalysis;
using Trainyard.Manifests.Experiments.Model;
using Trainyard.Manifests.Problems;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Manifests.Experiments;

/// <summary>What parsing gave: an experiment with its secrets, or every error at once.</summary>
public sealed class ExperimentParseResult
{
    /// <summary>Null when there is any error.</summary>
    public ExperimentManifest? Manifest { get; init; }

    /// <summary>Null when there is any error.</summary>
    public RunSecrets? Secrets { get; init; }

    /// <summary>Where the data store's connection names a secret of the service.</summary>
    public SecretReference? DataSecret { get; init; }

    /// <summary>The same for the results' store.</summary>
    public SecretReference? ResultsSecret { get; init; }

    public required IReadOnlyList<ManifestProblem> Errors { get; init; }

    public required IReadOnlyList<ManifestProblem> Warnings { get; init; }

    [MemberNotNullWhen(true, nameof(Manifest), nameof(Secrets))]
    public bool IsValid => Manifest is not null && Secrets is not null;
}
