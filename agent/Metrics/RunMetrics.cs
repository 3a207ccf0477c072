using Trainyard.Agent.Jobs;
using Trainyard.Agent.Progress;
using Trainyard.Agent.Verbs;
using Trainyard.Contracts.Agents;
using Trainyard.Manifests.Metrics;
using Trainyard.Manifests.Model;

namespace Trainyard.Agent.Metrics;

/// <summary>Collects a run's metrics and progress from all sources in its manifest, while its command runs.</summary>
internal sealed class RunMetrics
{
    private static readonly TimeSpan EventsInterval = TimeSpan.FromSeconds(1);

    private readonly AttemptFolders _folders;
    private readonly NodeMetrics? _wanted;
    private readonly TimeProvider _time;
    private readonly Action<string> _tell;
    private readonly MetricsSink _sink;
    private readonly RegexExtractor? _regex;
    private readonly MarkedLines _marked;

    public RunMetrics(NodeTask task, AttemptFolders folders, Spool spool, TimeProvider time, Action<string> tell)
    {
        (_folders, _wanted, _time, _tell) = (folders, task.Metrics, time, tell);
        _sink = new MetricsSink(spool, task.RunId, time, tell);
        Progress = new CommandProgress(time);
        _marked = new MarkedLines(IsOff ? null : _sink, Progress);
        _regex = _wanted?.Type == EvaluationMetrics.RegexExtractor ? new RegexExtractor(_wanted, _sink, tell) : null;
        Output = new OutputLines(TakeLine);
    }

    /// <summary>The progress of the command.</summary>
    public CommandProgress Progress { get; }

    /// <summary>Gets the command's output.</summary>
    public OutputLines Output { get; }

    /// <summary>Whether there are records that the metrics file does not contain.</summary>
    public bool HasExtracted => _sink.HasExtracted;

    /// <summary>Runs until the token is canceled, and then reads the output up to that moment.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        await Task.WhenAll([Output.RunAsync(), .. Followers(ended)]);
        _regex?.End();
        if (!IsOff && _wanted?.Type is null or EvaluationMetrics.EMetricsFile)
        {
            using var list = Place(new MetricPlace(MetricPlace.Results, ValidationList.FileName)).TryOpenFile();
            if (list is not null)
            {
                ValidationList.Read(list, _sink);
            }
        }
        // Reports lost output only when the run uses metrics from its output; most commands that print this much do
        // not.
        if (Output.FellBehind && (_marked.WasUsed || (_regex is not null && OwnFile is null)))
        {
            _tell("The output came faster than metrics could be read from it: some of it was not looked at.");
        }
        _sink.End();
    }

    private bool IsOff => _wanted?.Type == EvaluationMetrics.Logger;

    private IEnumerable<Task> Followers(CancellationToken ended)
    {
        if (IsOff)
        {
            yield break;
        }
        yield return Tail(new MetricPlace(MetricPlace.Logs, JobNames.MetricsFile), _sink.Forward).RunAsync(ended);
        if (_wanted?.Type == EvaluationMetrics.TensorBoard)
        {
            yield return FollowEventsAsync(WantedPlace ?? new MetricPlace(MetricPlace.Logs, "tb"), ended);
        }
        else if (_wanted?.Type == EvaluationMetrics.EMetricsFile && OwnFile is { } metrics)
        {
            yield return Tail(metrics, _sink.Forward).RunAsync(ended);
        }
        else if (_regex is not null && OwnFile is { } lines)
        {
            var reader = new OutputLines(_regex.Take);
            var tail = Tail(lines, whole => reader.Read(whole));
            yield return tail.RunAsync(ended);
        }
    }

    private void TakeLine(string line)
    {
        _marked.Take(line);
        if (OwnFile is null)
        {
            _regex?.Take(line);
        }
    }

    private MetricPlace? WantedPlace => _wanted?.In is { } place ? MetricPlace.Parse(place) : null;

    /// <summary>A metrics file of the manifest's own, other than the log and the usual metrics file.</summary>
    private MetricPlace? OwnFile =>
        WantedPlace switch
        {
            null or { Path: "" } => null,
            { Root: MetricPlace.JobState, Path: JobNames.LatestLog } => null,
            { Root: MetricPlace.Logs, Path: JobNames.LogFile or JobNames.LogAlias or JobNames.MetricsFile } => null,
            var place => place,
        };

    private MetricsTail Tail(MetricPlace place, WholeLines take) => new(Place(place).TryOpenFile, take, _time, _tell);

    private JobPlace Place(MetricPlace place) => new(_folders, place);

    private async Task FollowEventsAsync(MetricPlace place, CancellationToken ended)
    {
        var events = new EventFolder(Place(place), _sink, _tell);
        while (!ended.IsCancellationRequested)
        {
            events.Advance(atEnd: false);
            await Task.Delay(EventsInterval, _time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        events.Advance(atEnd: true);
    }
}
