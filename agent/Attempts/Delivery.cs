using Trainyard.Agent.Files;
using Trainyard.Agent.Jobs;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Processes;
using Trainyard.Agent.Verbs;

namespace Trainyard.Agent.Attempts;

/// <summary>Uploads the results, the logs and the metrics of a command, also after a failure or a cancel.</summary>
internal sealed class Delivery(NodeServices node, AttemptContext context)
{
    private readonly ResultNames _names = new(context.Task.Learner, context.Task.Learners)
    {
        MostBytes = context.Task.LongestResultPath,
    };
    private readonly ResultQuota _quota = new(node.Options);
    private readonly SkippedLines _skipped = new(context.Log.AppendLine);

    /// <summary>Returns when all files are staged and the log and metric streams have arrived.</summary>
    public async Task<StageSummary> RunAsync(Task streams)
    {
        var results = FindResults(out var limit);
        if (limit is not null)
        {
            context.Log.AppendLine($"Not all results are stored: {limit}.");
        }
        var groups = new GroupUpload(context.Client);
        var upload = new FileUpload(node.Stores, context.Client, context.Client.Routes.Upload)
        {
            Bucket = new BucketUpload(
                node.Stores,
                context.Client,
                why => Log.NotStraight(node.Logger, context.Task.RunId, context.Task.Attempt, why)
            ),
            Groups = groups,
        };
        var steady = new SteadyUpload(upload, context.Folders.Root, node.Time, _skipped.Add);
        var stage = new ResultStage(groups, steady, node.Options.Uploads);
        await stage.RunAsync(results, context.Stop.Lost);
        _skipped.End();
        // Closes the log before it is staged, so that the staged log has every line.
        context.CompleteSpools();
        await Task.WhenAll(stage.RunAsync(OwnFiles(results), context.Stop.Lost), streams);
        return stage.Summary with { Limit = limit };
    }

    /// <summary>
    /// The node's own copy of the log, and of the metrics when the command left no metrics file. They replace files of
    /// the same name that the command wrote.
    /// </summary>
    private List<FoundFile> OwnFiles(IReadOnlyList<FoundFile> results)
    {
        var folders = context.Folders;
        var own = new List<FoundFile> { new(folders.LogSpool, _names.Log) };
        if (context.Metrics.Length > 0 && results.All(file => file.Path != _names.Metrics))
        {
            own.Add(new FoundFile(folders.MetricsSpool, _names.Metrics));
        }
        return own;
    }

    private IReadOnlyList<FoundFile> FindResults(out string? limit)
    {
        try
        {
            var found = FindAll();
            limit = _quota.Refusal;
            return found;
        }
        catch (ResultsLimitException e)
        {
            limit = e.Message;
            return [];
        }
    }

    private List<FoundFile> FindAll()
    {
        var folders = context.Folders;
        var results = Scan(folders.Results, context.View.Results, _names.Prefix, []);
        var logs = Scan(
            folders.Logs,
            context.View.Logs,
            _names.LogFolder + "/",
            [JobNames.LogFile, JobNames.MetricsFile]
        );
        var merged = new MergedFiles();
        foreach (var file in results.Run().Concat(logs.Run()).Concat(FindMetrics()))
        {
            if (!merged.TryAdd(file))
            {
                _skipped.Add($"Did not store '{PrintableText.Of(file.Path)}' of LOG_DIR: RESULT_DIR has it too.");
            }
        }
        return merged.Files;
    }

    /// <summary>
    /// The command's own metrics file. It wins over the node's copy: after a rewrite it holds each record once, while
    /// the copy holds all records that the file ever held.
    /// </summary>
    private IEnumerable<FoundFile> FindMetrics()
    {
        // FfDL's extractors add records that the command's file lacks, so the node's copy has more.
        if (context.HasExtractedMetrics)
        {
            yield break;
        }
        var path = Path.Combine(context.Folders.Logs, JobNames.MetricsFile);
        using var file = RegularFile.TryOpen(path) ?? RegularFile.TryUnlock(path);
        var bytes = file is null ? 0 : RandomAccess.GetLength(file);
        if (bytes == 0)
        {
            yield break;
        }
        if (_quota.RefusalOfHoles(_names.Metrics, file!, bytes) is { } why)
        {
            _skipped.Add($"Did not store '{_names.Metrics}': {why}.");
            yield break;
        }
        _quota.Add(bytes);
        yield return new FoundFile(path, _names.Metrics) { Bytes = bytes };
    }

    private ResultScan Scan(string root, string asSeen, string prefix, HashSet<string> ignored) =>
        new(root, asSeen, prefix, _quota, _skipped) { Ignored = ignored, Names = _names };
}
