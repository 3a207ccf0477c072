using System.Text;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Agent.Verbs;

/// <summary>Decides which paths in the run's folder of the results bucket a learner's command may use.</summary>
internal sealed class ResultNames(int learner, int learners)
{
    private const string SubmittedCode = "_submitted_code";
    private const string Manifest = "_manifest.json";

    /// <summary>
    /// The most bytes that the run's folder of the bucket leaves for a path; 0 for as many as fit without such a folder.
    /// </summary>
    public int MostBytes { get; init; }

    /// <summary>Leaves room for the run's id and the service's own folders, which precede the path.</summary>
    private const int LongestPath = 900;

    public static ResultNames OfOneLearner { get; } = new(1, 1);

    /// <summary>What the paths of all results begin with.</summary>
    public string Prefix => LearnerFiles.ResultPrefix(learner);

    /// <summary>The folder in which the clients of the 2018 service look for a run's log and metrics.</summary>
    public string LogFolder => LearnerFiles.Folder(learner);

    public string Log => LearnerFiles.Log(learner);

    public string Metrics => LearnerFiles.Metrics(learner);

    private int Longest => MostBytes > 0 ? Math.Min(MostBytes, LongestPath) : LongestPath;

    // Only learner 1 writes beside the folders of the others.
    private bool IsOfAnother(string path) =>
        learner == 1 && Enumerable.Range(2, learners - 1).Select(LearnerFiles.Folder).Contains(path.Split('/')[0]);

    /// <returns>The reason of a refusal; null when the path is allowed.</returns>
    public string? Refusal(string path, bool isFolder)
    {
        if (!BlobName.TryParse(path, out _))
        {
            return "its name is not possible in a bucket";
        }
        if (Encoding.UTF8.GetByteCount(path) > Longest)
        {
            return $"its path is longer than {Longest} bytes";
        }
        if (path == SubmittedCode)
        {
            return "the service keeps the submitted code under this name";
        }
        if (path == Manifest)
        {
            return "the service keeps the list of what it stored under this name";
        }
        if (path == Log || path == Metrics || (path == LogFolder && !isFolder))
        {
            return "the service keeps the run's log and metrics under this name";
        }
        return IsOfAnother(path) ? "the service keeps the files of another learner under this name" : null;
    }
}
