using Trainyard.Contracts;

namespace Trainyard.Core.Experiments;

/// <summary>Where the archives of an experiment's run lie: as the definitions had them when it began.</summary>
internal static class ExperimentBlobs
{
    public static string Prefix(Guid experimentRun) => $"experiment-runs/{experimentRun}/";

    public static BlobName Archive(Guid experimentRun, int reference) =>
        BlobName.Parse($"{Prefix(experimentRun)}{reference:D2}.zip");
}
