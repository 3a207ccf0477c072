using Trainyard.Agent.Verbs;

namespace Trainyard.Agent.Attempts;

/// <summary>Hands over what a command left: its results, its logs, its metrics. On failure and cancel too.</summary>
internal sealed class Delivery(NodeServices node, AttemptContext context)
{
    /// <summary>Where the 2018 service's clients look for a run's logs.</summary>
    private const string LogPrefix = "learner-1/";

    /// <summary>Ends when everything is staged and the streams have arrived.</summary>
    public async Task<StageSummary> RunAsync(Task streams)
    {
        var found = FindAll().DistinctBy(f => f.Path);
        context.CompleteSpools();
        var upload = new FileUpload(node.Stores, context.Client, context.Client.Routes.Upload);
        var stage = new ResultStage(upload, node.Options.Uploads);
        await Task.WhenAll(stage.RunAsync(found, context.Stop.Lost), streams);
        return stage.Summary;
    }

    /// <summary>Our own copies of the log and the metrics stand for what the command may have put at their paths.</summary>
    private IReadOnlyList<FoundFile> FindAll()
    {
        var folders = context.Folders;
        var own = new List<FoundFile> { new(folders.LogSpool, LogPrefix + JobNames.LogFile) };
        if (context.Metrics.Length > 0)
            own.Add(new FoundFile(folders.MetricsSpool, LogPrefix + JobNames.MetricsFile));
        return
        [
            .. own,
            .. Scan(folders.Results, context.View.Results, "", own.Select(f => f.Path).ToHashSet()).Run(),
            .. Scan(
                    folders.Logs,
                    context.View.Logs,
                    LogPrefix,
                    new HashSet<string> { JobNames.LogFile, JobNames.MetricsFile }
                )
                .Run(),
        ];
    }

    private ResultScan Scan(string root, string asSeen, string prefix, IReadOnlySet<string> ignored) =>
        new(root, asSeen, prefix, context.Log.AppendLine) { Ignored = ignored };
}
