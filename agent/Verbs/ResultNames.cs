using System.Text;
using Trainyard.Agent.Jobs;
using Trainyard.Contracts;

namespace Trainyard.Agent.Verbs;

/// <summary>Decides which paths in the run's folder of the results bucket a command may use.</summary>
internal static class ResultNames
{
    /// <summary>The folder in which the clients of the 2018 service look for a run's log and metrics.</summary>
    public const string LogFolder = "learner-1";

    private const string SubmittedCode = "_submitted_code";
    private const string Manifest = "_manifest.json";

    /// <summary>Leaves room for the run's id and the service's own folders, which precede the path.</summary>
    private const int LongestPath = 900;

    private static readonly HashSet<string> Ours =
    [
        $"{LogFolder}/{JobNames.LogFile}",
        $"{LogFolder}/{JobNames.MetricsFile}",
    ];

    /// <returns>The reason of a refusal; null when the path is allowed.</returns>
    public static string? Refusal(string path, bool isFolder)
    {
        if (!BlobName.TryParse(path, out _))
        {
            return "its name is not possible in a bucket";
        }
        if (Encoding.UTF8.GetByteCount(path) > LongestPath)
        {
            return $"its path is longer than {LongestPath} bytes";
        }
        if (path == SubmittedCode)
        {
            return "the service keeps the submitted code under this name";
        }
        if (path == Manifest)
        {
            return "the service keeps the list of what it stored under this name";
        }
        if (Ours.Contains(path) || (path == LogFolder && !isFolder))
        {
            return "the service keeps the run's log and metrics under this name";
        }
        return null;
    }
}
