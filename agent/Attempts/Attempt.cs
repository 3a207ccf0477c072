using Trainyard.Agent.Files;
using Trainyard.Agent.Jobs;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Node;
using Trainyard.Agent.Service;
using Trainyard.Agent.Verbs;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;

namespace Trainyard.Agent.Attempts;

/// <summary>One attempt of a run, from the lease to the accepted completion report.</summary>
internal sealed class Attempt(NodeServices node, NodeTask task, SlotGrant grant)
{
    private const string NodeStops = "Its node was told to stop.";
    private readonly StopSignal _stop = new();
    private volatile bool _handsBack;
    private readonly string _root = Path.Combine(node.Work, AttemptFolders.NameOf(task));

    public string Name => $"{task.RunId}, attempt {task.Attempt}";

    /// <summary>Never fails: errors are reported to the service or logged.</summary>
    public async Task RunAsync()
    {
        using var span = RunTrace.Start(RunTrace.Attempt, task.RunId, task.Attempt, task.TraceParent);
        using var ended = new CancellationTokenSource();
        PhaseReports? reports = null;
        var patience = new DeliveryPatience(node.Time, node.Options.DeliveryPatience, _stop.Canceled)
        {
            Waits = why =>
            {
                Log.DeliveryWaits(node.Logger, task.RunId, task.Attempt, why);
                reports?.ReportWait(why);
            },
            GoesOn = () => reports?.ReportWait(null),
        };
        var client = new AttemptClient(node.Service, node.Address, node.Time, task, _stop, patience)
        {
            Silence = node.Options.TransferSilence,
        };
        var phases = reports = new PhaseReports(client, node.Time, node.Logger);
        var heartbeat = new Heartbeat(client, task, node.Options.ServicePatience, node.Time, node.Logger).RunAsync(
            _stop,
            ended.Token
        );
        var reporting = phases.RunAsync(ended.Token);
        var completion = new Completion(client, task, grant.Gpus.Count, node.Time, node.Logger);
        try
        {
            await LiveAsync(client, phases, completion);
        }
        catch (Exception) when (_handsBack)
        {
            await completion.TrySendOnceAsync(new AttemptEnd(AttemptOutcome.HandedBack, NodeStops));
        }
        catch (Exception) when (_stop.Lost.IsCancellationRequested)
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
            if (!PrivateFolder.TryDelete(_root))
            {
                Log.CannotDelete(node.Logger, _root);
            }
            if (grant.HeldBy is { } remains)
            {
                Leftovers.Note(_root, remains.Mark);
            }
        }
    }

    /// <summary>Ends the attempt at once and sends no report, as if the lease were lost.</summary>
    public void Abandon() => _stop.LoseLease();

    /// <summary>
    /// Stops the command with its grace period and hands the attempt back, so that another node starts it again. Keeps
    /// the log and the checkpoint, but no results.
    /// </summary>
    /// <returns>False when the attempt is ending already.</returns>
    public bool HandBack() => _stop.Request(StopReason.NodeStops, NodeStops);

    /// <summary>
    /// Hands the attempt back at once: no grace period, and only one try to report it to the service.
    /// </summary>
    public void HandBackNow()
    {
        _handsBack = true;
        _stop.LoseLease();
    }

    /// <summary>The time that the command gets to end after the stop signal.</summary>
    public TimeSpan Grace => TimeSpan.FromSeconds(task.GraceSeconds);

    /// <summary>The disk space that the run asked for; null when it asked for none.</summary>
    public long? DiskBytes => task.DiskBytes;

    /// <summary>The disk space of the attempt's folder.</summary>
    public DiskUse DiskUse(CancellationToken cancellationToken) => TreeSize.Of(_root, cancellationToken);

    /// <summary>Ends the attempt and keeps its log and the results so far.</summary>
    /// <returns>False when the attempt is ending already.</returns>
    public bool TryEnd(StopReason why, string explanation) => _stop.Request(why, explanation);

    private async Task LiveAsync(AttemptClient client, PhaseReports phases, Completion completion)
    {
        using var context = await PrepareAsync(client, completion);
        if (context is null)
        {
            return;
        }
        foreach (var notice in context.Task.Notices)
        {
            context.Log.AppendLine(notice);
        }
        var streams = StreamAsync(context);
        try
        {
            var end = await new Training(node, context, phases).RunAsync();
            if (
                end
                is { Outcome: not AttemptOutcome.Succeeded, ExitCode: null }
                    or { Outcome: AttemptOutcome.Preempted }
            )
            {
                context.Log.AppendLine(end.Message);
            }
            var staged = await DeliverAsync(end, context, streams);
            await completion.SendAsync(Judge(end, staged), staged, _stop.Lost);
        }
        finally
        {
            context.CompleteSpools();
            await streams.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>Null, after a report to the service, when the disk of this node fails or is full.</returns>
    private async Task<AttemptContext?> PrepareAsync(AttemptClient client, Completion completion)
    {
        try
        {
            return Prepare(client);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NodeFailed(node.Logger, e, task.RunId, task.Attempt);
            await completion.SendAsync(NodeFailure.Of(e, node.Work), StageSummary.Nothing, _stop.Lost);
            return null;
        }
    }

    private AttemptContext Prepare(AttemptClient client)
    {
        var names = JobNames.For(task.DataBucket, task.ResultsBucket);
        var folders = new AttemptFolders(_root, names);
        var sandbox =
            task.Image is not null && node.ContainersNow is { } containers ? containers.Sandbox : node.Sandbox;
        if (task.Image is null)
        {
            node.Python.Link(folders.UserHome);
        }
        var times = new Spool(folders.LogTimesSpool, node.Options.MaxLogBytes);
        return new AttemptContext
        {
            Task = task,
            Grant = grant,
            Folders = folders,
            Sandbox = sandbox,
            View = sandbox.View(folders, names),
            Client = client,
            Stop = _stop,
            Log = new Spool(folders.LogSpool, node.Options.MaxLogBytes)
            {
                Writing = new LogTimes(times, task.LogOffset, node.Time).Mark,
            },
            LogTimes = times,
            Metrics = new Spool(folders.MetricsSpool, node.Options.MaxLogBytes),
            System = new Spool(folders.SystemSpool, node.Options.MaxLogBytes),
        };
    }

    private Task StreamAsync(AttemptContext context)
    {
        // Sends the times ahead of the log, so that a reader of a line always finds its time.
        var times = new AppendAhead(To(AgentRoutes.LogTimes), context.LogTimes, task.LogTimesOffset);
        return Task.WhenAll(
            To(AgentRoutes.Log, times).RunAsync(context.Log, task.LogOffset, context.Stop.Lost),
            To(AgentRoutes.Metrics).RunAsync(context.Metrics, task.MetricsOffset, context.Stop.Lost),
            To(AgentRoutes.System).RunAsync(context.System, task.SystemOffset, context.Stop.Lost)
        );

        AppendStream To(string route, AppendAhead? ahead = null) =>
            new(context.Client, node.Stores, route, node.Time, node.Logger) { Ahead = ahead };
    }

    private async Task<StageSummary> DeliverAsync(AttemptEnd end, AttemptContext context, Task streams)
    {
        if (end.Outcome is AttemptOutcome.HandedBack or AttemptOutcome.Preempted)
        {
            context.CompleteSpools();
            await streams;
            return StageSummary.Nothing;
        }
        try
        {
            return await new Delivery(node, context).RunAsync(streams);
        }
        catch (Exception e) when (!_stop.Lost.IsCancellationRequested)
        {
            Log.NodeFailed(node.Logger, e, task.RunId, task.Attempt);
            return StageSummary.Nothing with { Refusal = NodeFailure.Describe(e, node.Work) };
        }
    }

    // A successful command fails the attempt when its results did not reach the bucket.
    private AttemptEnd Judge(AttemptEnd end, StageSummary staged)
    {
        if (end.Outcome is not AttemptOutcome.Succeeded)
        {
            return end with { Undelivered = staged.GivenUp ?? staged.Limit ?? staged.Refusal };
        }
        if (staged.GivenUp is { } why)
        {
            return _stop.Canceled.IsCancellationRequested
                ? end with
                {
                    Outcome = AttemptOutcome.Canceled,
                    Message = $"Canceled while its results waited: {why}",
                }
                : end with
                {
                    Outcome = AttemptOutcome.StagingFailed,
                    Message = why,
                };
        }
        if (staged.Limit is { } limit)
        {
            return end with { Outcome = AttemptOutcome.ResultsLimit, Message = limit };
        }
        return staged.Refusal is { } refusal
            ? end with
            {
                Outcome = refusal == NodeFailure.NoRoom ? AttemptOutcome.NoRoom : AttemptOutcome.NodeFailed,
                Message = refusal,
            }
            : end;
    }
}
