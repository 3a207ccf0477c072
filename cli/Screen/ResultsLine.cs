using Trainyard.Contracts;

namespace Trainyard.Cli.Screen;

/// <summary>Where a run's results are, in one line.</summary>
internal static class ResultsLine
{
    public static string Of(RunResource run)
    {
        var status = run.Entity.Status;
        if (run.Entity.Array is { Index: null })
        {
            return $"{FolderOf(run).TrimEnd('/')} ({run.Entity.TrainingResultsReference.Type}), a folder for each run";
        }
        if (status is { FinishedAt: not null, Results: null })
        {
            return status.CanStoreResults is true
                ? $"none stored; 'bx ml store results {run.Metadata.Guid}' tries again"
                : "none stored";
        }
        var store = run.Entity.TrainingResultsReference;
        var place = $"{store.Location.Bucket}/{store.Location.ModelLocation ?? run.Metadata.Guid} ({store.Type})";
        return status.Results is { } results
            ? $"{place}, {Words.Count(results.Files, "file", "files")}, {Words.Size(results.Bytes)}"
            : place;
    }

    private static string FolderOf(RunResource array)
    {
        var location = array.Entity.TrainingResultsReference.Location;
        return $"{location.Bucket}/{location.ModelLocation}";
    }
}
