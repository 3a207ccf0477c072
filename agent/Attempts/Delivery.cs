using Trainyard.Agent.Verbs;
using Trainyard.Core.Pools;

namespace Trainyard.Agent.Attempts;

/// <summary>Hands over what a command left: its results, its logs, its metrics. On failure and cancel too.</summary>
internal sealed class Delivery(NodeServices node, AttemptContext context)
{
    /// <summary>Where the 2018 service's clients look for a run's logs.</summary>
    private const string LogPrefix = "learner-1/";

    /// <summary>Ends when everything is staged and the streams have arrived.</summary>
    public async Task<StageSummary> RunAsync(Task streams)
    {
        var found = FindAll();
        context.Log.Complete();
        context.Metrics.Complete();
        var upload = new FileUpload(node.Stores, context.Client, context.Task);
        var stage = new ResultStage(upload, node.Options.Uploads);
        await Task.WhenAll(stage.RunAsync(found, context.Stop.Lost), streams);
        return stage.Summary;
    }

    private List<FoundFile> FindAll()
    {
        var folders = context.Folders;
        List<FoundFile> found =
        [
            .. new ResultScan(folders.Results, context.View.Results, "", context.Log.AppendLine).Run(),
            .. new ResultScan(folders.Logs, context.View.Logs, LogPrefix, context.Log.AppendLine).Run(),
        ];
        // Last and instead of what the command may have put at these paths: our own copies, which it could not change.
        Replace(found, JobNames.LogFile, folders.LogSpool);
        Replace(found, JobNames.MetricsFile, context.Metrics.Length > 0 ? folders.MetricsSpool : null);
        return [.. found.DistinctBy(f => f.Path)];
    }

    private static void Replace(List<FoundFile> found, string name, string? copy)
    {
        found.RemoveAll(f => f.Path == LogPrefix + name);
        if (copy is not null)
            found.Insert(0, new FoundFile(copy, LogPrefix + name));
    }
}
