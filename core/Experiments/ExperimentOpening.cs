using Trainyard.Contracts;
using Trainyard.Manifests;
using Trainyard.Manifests.Experiments;
using Trainyard.Manifests.Experiments.Model;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Core.Experiments;

/// <summary>
/// Presents an experiment's stores as those of a training manifest, so that their named secrets can be resolved.
/// </summary>
internal static class ExperimentOpening
{
    /// <summary>For an experiment that was just parsed: problems are reported with their positions.</summary>
    public static ManifestParseResult Of(ExperimentParseResult parsed) =>
        new()
        {
            Manifest = Stores(parsed.Manifest!),
            Secrets = parsed.Secrets,
            DataSecret = parsed.DataSecret,
            ResultsSecret = parsed.ResultsSecret,
            Errors = [],
            Warnings = [],
        };

    /// <summary>For a reference of a stored experiment.</summary>
    public static ManifestParseResult Of(
        ManifestParseResult reference,
        ExperimentManifest experiment,
        RunSecrets kept
    ) =>
        new()
        {
            Manifest = reference.Manifest! with
            {
                TrainingData = experiment.TrainingData,
                TrainingResults = experiment.TrainingResults,
            },
            Secrets = kept,
            DataSecret = Named(experiment.TrainingData, "training_data_reference"),
            ResultsSecret = Named(experiment.TrainingResults, "training_results_reference"),
            RegistrySecret = reference.RegistrySecret,
            Errors = [],
            Warnings = [],
        };

    private static SecretReference? Named(DataStoreReference store, string path) =>
        store.SecretName is { } name
            ? new SecretReference(store, SecretName.Parse(name), $"{path}.connection.secret", 1, 1)
            : null;

    // Only the stores matter here; the other fields are fillers.
    private static TrainingManifest Stores(ExperimentManifest experiment) =>
        new()
        {
            Name = experiment.Name,
            Framework = new FrameworkReference("", ""),
            Command = "",
            Compute = experiment.References[0].Compute,
            TrainingData = experiment.TrainingData,
            TrainingResults = experiment.TrainingResults,
        };
}
