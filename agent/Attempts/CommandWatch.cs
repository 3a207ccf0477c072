using Trainyard.Agent.Jobs;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Metrics;
using Trainyard.Agent.Progress;
using Trainyard.Agent.Sampling;
using Trainyard.Agent.Verbs;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Attempts;

/// <summary>
/// Watches a running command: its metrics, its reported progress, and its use of the node's resources.
/// </summary>
internal sealed class CommandWatch : IAsyncDisposable
{
    private readonly NodeServices _node;
    private readonly AttemptContext _context;
    private readonly RunMetrics _metrics;
    private readonly CommandSampler _sampler;
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenSource _allRead = new();
    private readonly Task _watching;
    private readonly Task _reporting;

    public CommandWatch(NodeServices node, AttemptContext context)
    {
        (_node, _context) = (node, context);
        var (task, tell) = (context.Task, (Action<string>)context.Log.AppendLine);
        _metrics = new RunMetrics(task, context.Folders, context.Metrics, node.Time, tell);
        _sampler = new CommandSampler(task.RunId, context.Grant.Gpus, node.GpuMeter, context.System, node.Time);
        _watching = Task.WhenAll(ReadMetricsAsync(), _sampler.RunAsync(_ended.Token));
        _reporting = ReportAsync();
    }

    /// <summary>Creates the command run whose output and processes are watched.</summary>
    public CommandRun Run() =>
        new(_node.Spawner, _context.Sandbox, _node.Time) { Heard = _metrics.Output.Hear, Started = _sampler.Watch };

    /// <summary>Adds the measured peaks to the end of the attempt.</summary>
    public AttemptEnd Complete(AttemptEnd end) => end with { Peaks = _sampler.Peaks };

    /// <summary>Call after the command has ended: reads the rest of its output.</summary>
    public async ValueTask DisposeAsync()
    {
        _metrics.Output.Complete();
        await _ended.CancelAsync();
        await _watching;
        // Stops the reports only now, because the last progress line may be the last line that the command printed.
        await _allRead.CancelAsync();
        await _reporting;
        _ended.Dispose();
        _allRead.Dispose();
        _context.HasExtractedMetrics = _metrics.HasExtracted;
    }

    private async Task ReadMetricsAsync()
    {
        try
        {
            await _metrics.RunAsync(_ended.Token);
        }
        catch (IOException e)
        {
            Log.AppendRefused(_node.Logger, AgentRoutes.Metrics, e.Message);
        }
    }

    private Task ReportAsync()
    {
        // The first learner's progress is the run's.
        if (_context.Task.Learner > 1)
        {
            return Task.CompletedTask;
        }
        var client = _context.Client;
        return new ProgressReports(
            _metrics.Progress,
            (report, token) => client.TryOnceAsync<object>(client.Routes.Progress(report), token),
            _node.Time,
            _node.Logger
        ).RunAsync(_allRead.Token);
    }
}
