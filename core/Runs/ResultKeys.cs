using System.Text;

namespace Trainyard.Core.Runs;

/// <summary>The keys of a run's results in their bucket, defined in this one place.</summary>
public static class ResultKeys
{
    // S3 and Swift take 1,024 bytes. Swift's s3api adds an upload's id and a number to those of large objects.
    private const int LongestKey = 960;

    /// <summary>The most UTF-8 bytes of a path in the run's folder.</summary>
    public static int LongestPath(TrainingRun run) => LongestKey - Encoding.UTF8.GetByteCount(Folder(run));

    /// <summary>The run's folder, with the slash at its end.</summary>
    public static string Folder(TrainingRun run) => $"{run.Manifest.TrainingResults.Prefix}{run.Id}/";

    /// <summary>The key of a file, by its path in the run's folder.</summary>
    public static string Of(TrainingRun run, string path) => Folder(run) + path;
}
