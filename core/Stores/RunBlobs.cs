using System.Security.Cryptography;
using System.Text;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Stores;

/// <summary>
/// Where everything that belongs to a run lies in the blob store: its archive, and all else below <see cref="Prefix"/>.
/// </summary>
public static class RunBlobs
{
    /// <summary>The folder of a run, with its closing slash.</summary>
    public static string Prefix(RunId id) => $"runs/{id}/";

    private const string ArchiveExtension = ".zip";

    /// <summary>The folder of all model archives: one blob a run, so that one without a record is found by a short list.</summary>
    public const string Archives = "archives/";

    /// <summary>The model archive as it was submitted.</summary>
    public static BlobName Archive(SubmissionKey key) => BlobName.Parse(Archives + key + ArchiveExtension);

    /// <summary>Whose model archive this is. False for any other blob.</summary>
    public static bool TryParseArchive(BlobName name, out SubmissionKey key)
    {
        var text = name.ToString();
        key = default;
        return text.StartsWith(Archives, StringComparison.Ordinal)
            && text.EndsWith(ArchiveExtension, StringComparison.Ordinal)
            && SubmissionKey.TryParse(text[Archives.Length..^ArchiveExtension.Length], out key);
    }

    /// <summary>The log of a learner: one blob for all attempts, append-only.</summary>
    public static BlobName Log(RunId id, int learner = 1) => Output(id, learner, "training-log.txt");

    /// <summary>When which byte of the log was printed: lines of an offset and milliseconds of Unix time, append-only.</summary>
    public static BlobName LogTimes(RunId id, int learner = 1) => Output(id, learner, "training-log-times.txt");

    /// <summary>
    /// The metrics of a learner, one JSON a line: one blob for all attempts, append-only. Those of learner 1 are the
    /// run's.
    /// </summary>
    public static BlobName Metrics(RunId id, int learner = 1) => Output(id, learner, "evaluation-metrics.txt");

    /// <summary>What nodes measured of themselves for the run, one JSON a line: one blob for all attempts, append-only.</summary>
    public static BlobName System(RunId id, int learner = 1) => Output(id, learner, "system-metrics.txt");

    // Learner 1's lie where those of a run with one learner always did.
    private static BlobName Output(RunId id, int learner, string name) =>
        BlobName.Parse(Prefix(id) + LearnerFiles.ResultPrefix(learner) + name);

    /// <summary>
    /// The stored files, one JSON a line: the bucket has the same list, but its credentials are gone when the run has ended.
    /// </summary>
    public static BlobName StoredFiles(RunId id) => BlobName.Parse($"runs/{id}/stored-files.txt");

    /// <summary>The folder of what an attempt staged, with its closing slash.</summary>
    public static string StagingPrefix(RunId id, int attempt) => $"runs/{id}/staging/{attempt}/";

    /// <summary>
    /// A file that a learner staged; the path is relative to the run's folder in the results bucket. False for an
    /// impossible path, or one outside the learner's own folder: learner 1's is the run's.
    /// </summary>
    public static bool TryStaged(RunId id, int attempt, int learner, string path, out BlobName name)
    {
        name = default;
        return path.StartsWith(LearnerFiles.ResultPrefix(learner), StringComparison.Ordinal)
            && TryStaged(id, attempt, path, out name);
    }

    /// <summary>A staged file; the path is relative to the run's folder in the results bucket. False for an impossible path.</summary>
    public static bool TryStaged(RunId id, int attempt, string path, out BlobName name) =>
        BlobName.TryParse(StagingPrefix(id, attempt) + path, out name);

    /// <summary>The folder of the run's checkpoint, with its closing slash: one for all attempts.</summary>
    public static string CheckpointPrefix(RunId id) => $"runs/{id}/checkpoint/";

    /// <summary>Which files make up the last checkpoint that was committed.</summary>
    public static BlobName Checkpoint(RunId id) => BlobName.Parse($"runs/{id}/checkpoint/saved.json");

    /// <summary>The folder of the contents of checkpoints, also of some that were not committed.</summary>
    public static string CheckpointContentPrefix(RunId id) => $"runs/{id}/checkpoint/content/";

    /// <summary>A content by its SHA-256 in lower-case hex. False for anything else.</summary>
    public static bool TryCheckpointContent(RunId id, string sha256, out BlobName name)
    {
        name = default;
        return sha256.Length == 64
            && sha256.All(char.IsAsciiHexDigitLower)
            && BlobName.TryParse(CheckpointContentPrefix(id) + sha256, out name);
    }

    /// <summary>The folder of the storing plan and its receipts, with its closing slash.</summary>
    public static string PlanPrefix(RunId id) => $"runs/{id}/storing/";

    /// <summary>What is to be stored: how many units of work, and the uploads in several parts.</summary>
    public static BlobName Plan(RunId id) => BlobName.Parse($"runs/{id}/storing/plan.json");

    /// <summary>The folder of the plan's large files, with the beginning that all of their pages have.</summary>
    public static string LargePages(RunId id) => $"runs/{id}/storing/large-";

    /// <summary>Some files of several parts, and the uploads that were begun for them.</summary>
    public static BlobName LargePage(RunId id, string page) => BlobName.Parse($"{LargePages(id)}{page}.json");

    /// <summary>That all files of a page are completed in the bucket.</summary>
    public static BlobName LargePageCompleted(RunId id, int page) =>
        BlobName.Parse($"runs/{id}/storing/completed-{page:D6}.json");

    /// <summary>That this storing has ended without all results stored.</summary>
    public static BlobName StoringClosed(RunId id) => BlobName.Parse($"runs/{id}/storing/closed.json");

    /// <summary>The folder of what nodes upload straight into the bucket, with its closing slash: a folder for each attempt.</summary>
    public static string BucketUploadPrefix(RunId id) => $"runs/{id}/bucket/";

    /// <summary>The same of one attempt.</summary>
    public static string BucketUploadPrefix(RunId id, int attempt) => $"{BucketUploadPrefix(id)}{attempt}/";

    /// <summary>What is known of one such upload.</summary>
    public static BlobName BucketUpload(RunId id, int attempt, string path)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)));
        return BlobName.Parse($"{BucketUploadPrefix(id, attempt)}{name}.json");
    }

    /// <summary>One unit of the plan.</summary>
    public static BlobName Unit(RunId id, int unit) => BlobName.Parse($"runs/{id}/storing/unit-{unit:D6}.json");

    /// <summary>What the bucket said of a stored unit.</summary>
    public static BlobName Receipt(RunId id, int unit) => BlobName.Parse($"runs/{id}/storing/receipt-{unit:D6}.json");

    /// <summary>
    /// The staged <c>model/</c> folder. It stays until retention ends, so that the model can be stored to the repository
    /// without the user's bucket, whose credentials are gone by then.
    /// </summary>
    public static string ModelPrefix(RunId id, int attempt) => StagingPrefix(id, attempt) + "model/";
}
