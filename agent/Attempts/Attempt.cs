using Microsoft.Extensions.Logging;
using Trainyard.Agent.Node;
using Trainyard.Agent.Service;
using Trainyard.Agent.Verbs;
using Trainyard.Core.Pools;

namespace Trainyard.Agent.Attempts;

/// <summary>One attempt of a run, from the lease to the accepted completion report.</summary>
internal sealed class Attempt(NodeServices node, NodeTask task, SlotGrant grant)
{
    private readonly DateTimeOffset leasedAt = node.Time.GetUtcNow();

    /// <summary>Never fails: what goes wrong is reported, or, with the lease lost, nobody's business.</summary>
    public async Task RunAsync()
    {
        using var stop = new StopSignal();
        using var ended = new CancellationTokenSource();
        var client = new AttemptClient(node.Service, node.Address, node.Time, task, stop);
        var phases = new PhaseReports(client, node.Time, node.Logger);
        var heartbeat = new Heartbeat(client, task, node.Time, node.Logger).RunAsync(stop, ended.Token);
        var reporting = phases.RunAsync(ended.Token);
        var root = Path.Combine(node.Work, AttemptFolders.NameOf(task));
        try
        {
            await LiveAsync(root, client, phases, stop);
        }
        catch (Exception) when (stop.Lost.IsCancellationRequested)
        {
            Log.LeaseLost(node.Logger, task.RunId, task.Attempt);
        }
        catch (Exception e)
        {
            Log.NodeFailed(node.Logger, e, task.RunId, task.Attempt);
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(heartbeat, reporting);
            if (!PrivateFolder.TryDelete(root))
                Log.CannotDelete(node.Logger, root);
        }
    }

    private async Task LiveAsync(string root, AttemptClient client, PhaseReports phases, StopSignal stop)
    {
        using var context = await PrepareAsync(root, client, stop);
        if (context is null)
            return;
        var streams = StreamAsync(context);
        try
        {
            var end = await new Training(node, context, phases).RunAsync();
            if (end.Outcome is not AttemptOutcome.Succeeded && end.ExitCode is null)
                context.Log.AppendLine(end.Message);
            await CompleteAsync(await DeliverAsync(context, end, streams), client, stop);
        }
        finally
        {
            context.CompleteSpools();
            await streams.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>Null, reported, when this node has no room for the attempt.</returns>
    private async Task<AttemptContext?> PrepareAsync(string root, AttemptClient client, StopSignal stop)
    {
        try
        {
            return Prepare(root, client, stop);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NodeFailed(node.Logger, e, task.RunId, task.Attempt);
            var end = new AttemptEnd(AttemptOutcome.NodeFailed, e.Message);
            await CompleteAsync(Report(end, new StageSummary(0, 0, null)), client, stop);
            return null;
        }
    }

    private AttemptContext Prepare(string root, AttemptClient client, StopSignal stop)
    {
        var names = JobNames.For(task.DataBucket, task.ResultsBucket);
        var folders = new AttemptFolders(root, names);
        return new AttemptContext
        {
            Task = task,
            Grant = grant,
            Names = names,
            Folders = folders,
            View = node.Sandbox.View(folders, names),
            Client = client,
            Stop = stop,
            Log = new Spool(folders.LogSpool),
            Metrics = new Spool(folders.MetricsSpool),
        };
    }

    private Task StreamAsync(AttemptContext context)
    {
        var log = new AppendStream(context.Client, AgentRoutes.Log, node.Time, node.Logger);
        var metrics = new AppendStream(context.Client, AgentRoutes.Metrics, node.Time, node.Logger);
        return Task.WhenAll(
            log.RunAsync(context.Log, task.LogOffset, context.Stop.Lost),
            metrics.RunAsync(context.Metrics, task.MetricsOffset, context.Stop.Lost)
        );
    }

    private async Task<CompletionReport> DeliverAsync(AttemptContext context, AttemptEnd end, Task streams)
    {
        var staged = new StageSummary(0, 0, null);
        try
        {
            staged = await new Delivery(node, context).RunAsync(streams);
        }
        catch (Exception e) when (!context.Stop.Lost.IsCancellationRequested)
        {
            Log.NodeFailed(node.Logger, e, task.RunId, task.Attempt);
            staged = staged with { Refusal = e.Message };
        }
        // A command that succeeded without its results in the bucket did not succeed.
        if (staged.Refusal is { } refusal && end.Outcome is AttemptOutcome.Succeeded)
            end = end with { Outcome = AttemptOutcome.NodeFailed, Message = refusal };
        return Report(end, staged);
    }

    private CompletionReport Report(AttemptEnd end, StageSummary staged) =>
        new()
        {
            Outcome = end.Outcome,
            ExitCode = end.ExitCode,
            Message = end.Message,
            LeasedAt = leasedAt,
            StartedAt = end.StartedAt,
            FinishedAt = node.Time.GetUtcNow(),
            CommandSeconds = end.CommandSeconds,
            StagedFiles = staged.Files,
            StagedBytes = staged.Bytes,
        };

    private async Task CompleteAsync(CompletionReport report, AttemptClient client, StopSignal stop)
    {
        Log.Ended(node.Logger, task.RunId, task.Attempt, report.Outcome.ToString(), report.ExitCode, report.Message);
        try
        {
            await client.DeliverAsync<object>(client.Routes.Completion(report), stop.Lost);
        }
        catch (ServiceRefusedException e)
        {
            Log.CompletionRefused(node.Logger, task.RunId, task.Attempt, e.Message);
        }
    }
}
