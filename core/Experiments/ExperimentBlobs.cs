using Trainyard.Contracts;

namespace Trainyard.Core.Experiments;

/// <summary>The blobs of an experiment run's archives: copies of the definitions' archives from its start.</summary>
internal static class ExperimentBlobs
{
    public static string Prefix(Guid experimentRun) => $"experiment-runs/{experimentRun}/";

    public static BlobName Archive(Guid experimentRun, int reference) =>
        BlobName.Parse($"{Prefix(experimentRun)}{reference:D2}.zip");
}
