using Trainyard.Contracts;
using Trainyard.Manifests;
using Trainyard.Manifests.Experiments;
using Trainyard.Manifests.Experiments.Model;
using Trainyard.Manifests.Model;
using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Secrets;

namespace Trainyard.Core.Experiments;

/// <summary>An experiment's stores as a training run's manifest has them, for whoever puts in the secrets that they name.</summary>
internal static class ExperimentOpening
{
    /// <summary>Of an experiment that was just read: what is wrong is told at its place.</summary>
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

    /// <summary>Of a reference of a stored experiment.</summary>
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

    // The rest is no store's business.
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
