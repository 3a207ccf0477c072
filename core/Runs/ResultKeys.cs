namespace Trainyard.Core.Runs;

/// <summary>Where a run's results are in their bucket: the one place that says so.</summary>
public static class ResultKeys
{
    /// <summary>The run's folder, with the slash at its end.</summary>
    public static string Folder(TrainingRun run) => $"{run.Manifest.TrainingResults.Prefix}{run.Id}/";

    /// <summary>The key of a file, by its path in the run's folder.</summary>
    public static string Of(TrainingRun run, string path) => Folder(run) + path;
}
