using Trainyard.Core.Runs;

namespace Trainyard.Core.Stores;

/// <summary>Where everything that belongs to a run lies in the blob store. Deleting <see cref="Prefix"/> deletes it all.</summary>
public static class RunBlobs
{
    /// <summary>The folder of a run, with its closing slash.</summary>
    public static string Prefix(RunId id) => $"runs/{id}/";

    /// <summary>The model archive as it was submitted.</summary>
    public static BlobName Archive(RunId id) => BlobName.Parse($"runs/{id}/archive.zip");

    /// <summary>The log: one blob for all attempts, append-only.</summary>
    public static BlobName Log(RunId id) => BlobName.Parse($"runs/{id}/training-log.txt");

    /// <summary>The metrics, one JSON a line: one blob for all attempts, append-only.</summary>
    public static BlobName Metrics(RunId id) => BlobName.Parse($"runs/{id}/evaluation-metrics.txt");

    /// <summary>The folder of what an attempt staged, with its closing slash.</summary>
    public static string StagingPrefix(RunId id, int attempt) => $"runs/{id}/staging/{attempt}/";

    /// <summary>A staged file; the path is relative to the run's folder in the results bucket. False for an impossible path.</summary>
    public static bool TryStaged(RunId id, int attempt, string path, out BlobName name) =>
        BlobName.TryParse(StagingPrefix(id, attempt) + path, out name);

    /// <summary>The folder of the storing plan and its receipts, with its closing slash.</summary>
    public static string PlanPrefix(RunId id) => $"runs/{id}/storing/";

    /// <summary>What is to be stored, in parts.</summary>
    public static BlobName Plan(RunId id) => BlobName.Parse($"runs/{id}/storing/plan.json");

    /// <summary>The receipt of a stored part.</summary>
    public static BlobName Receipt(RunId id, int part) => BlobName.Parse($"runs/{id}/storing/part-{part:D6}.json");

    /// <summary>The trained model kept until retention ends, so that it can be stored to the repository without the user's bucket.</summary>
    public static string ModelPrefix(RunId id) => $"runs/{id}/model/";
}
