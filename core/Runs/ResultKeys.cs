namespace Trainyard.Core.Runs;

/// <summary>The keys of a run's results in their bucket, defined in this one place.</summary>
public static class ResultKeys
{
    /// <summary>The run's folder, with the slash at its end.</summary>
    public static string Folder(TrainingRun run) => $"{run.Manifest.TrainingResults.Prefix}{run.Id}/";

    /// <summary>The key of a file, by its path in the run's folder.</summary>
    public static string Of(TrainingRun run, string path) => Folder(run) + path;
}
