using Trainyard.Contracts.Runs;
using Trainyard.Manifests.Experiments.Model;

namespace Trainyard.Core.Experiments;

/// <summary>The record of an experiment. It stays until its owner deletes it. Holds no secret.</summary>
public sealed record Experiment : OwnedRecord
{
    public required ExperimentManifest Manifest { get; init; }

    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>The key of its secrets.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public SubmissionKey Secrets => SecretsOf(Id);

    /// <summary>The key of the secrets of an experiment or of a run of one.</summary>
    public static SubmissionKey SecretsOf(Guid id) => new(RunId.FromSeed(id.ToByteArray()), id.ToString("N"));
}
