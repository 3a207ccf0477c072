using System.Globalization;

namespace Trainyard.Contracts.Runs;

/// <summary>Where the results bucket has the files of one of a run's nodes, below the run's folder.</summary>
public static class LearnerFiles
{
    /// <summary>The folder of a learner, which is also its host name.</summary>
    public static string Folder(int learner) => string.Create(CultureInfo.InvariantCulture, $"learner-{learner}");

    public static string Log(int learner) => $"{Folder(learner)}/training-log.txt";

    public static string Metrics(int learner) => $"{Folder(learner)}/evaluation-metrics.txt";

    /// <summary>
    /// What the paths of a learner's results begin with: nothing for learner 1, whose results are the run's.
    /// </summary>
    public static string ResultPrefix(int learner) => learner == 1 ? "" : $"{Folder(learner)}/";
}
