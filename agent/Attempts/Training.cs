using Trainyard.Agent.Containers;
using Trainyard.Agent.Environments;
using Trainyard.Agent.Gpus;
using Trainyard.Agent.Jobs;
using Trainyard.Agent.Limits;
using Trainyard.Agent.Logging;
using Trainyard.Agent.Sandboxes;
using Trainyard.Agent.Service;
using Trainyard.Agent.Transfers;
using Trainyard.Agent.Verbs;
using Trainyard.Contracts.Agents;
using Trainyard.Contracts.Runs;

namespace Trainyard.Agent.Attempts;

/// <summary>Downloads, unpacks and runs: the part of an attempt from the lease to the end of the command.</summary>
internal sealed class Training(NodeServices node, AttemptContext context, PhaseReports phases)
{
    private AttemptCheckpoints? _checkpoints;
    private HeldImage? _image;
    private HeldEnvironment? _packages;
    private StreamedData? _streamed;
    private LearnerPlaces? _places;

    /// <exception cref="OperationCanceledException">The lease is lost.</exception>
    /// <exception cref="LeaseLostException">The lease is lost.</exception>
    public async Task<AttemptEnd> RunAsync()
    {
        using var ended = new CancellationTokenSource();
        var clock = context.Task.MaxDurationSeconds is { } limit
            ? AttemptClock.RunAsync(TimeSpan.FromSeconds(limit), context.Stop, node.Time, ended.Token)
            : Task.CompletedTask;
        try
        {
            return await RunStepsAsync();
        }
        finally
        {
            await ended.CancelAsync();
            await clock;
            _image?.Dispose();
            _packages?.Dispose();
        }
    }

    private async Task<AttemptEnd> RunStepsAsync()
    {
        try
        {
            phases.Report(RunPhase.Downloading);
            await FetchAsync();
            if (context.Task.Learners > 1)
            {
                _places = await new LearnerRendezvous(node, context, phases).RunAsync(context.Stop.Stopped);
            }
            TrialFiles.Add(context.Task, context.Folders);
            phases.Report(RunPhase.Processing);
            return await RunCommandAsync();
        }
        catch (OperationCanceledException) when (EndBeforeCommand() is { } end)
        {
            return end;
        }
        catch (LearnersApartException e)
        {
            // A node that is not to blame hands back, which says nothing against it.
            var outcome = e.IsOwnFault ? AttemptOutcome.NodeFailed : AttemptOutcome.HandedBack;
            return new AttemptEnd(outcome, e.Message);
        }
        catch (DataAboveDiskException e)
        {
            return new AttemptEnd(AttemptOutcome.ScratchLimit, e.Message);
        }
        catch (DataHasNoRoomException e)
        {
            return new AttemptEnd(AttemptOutcome.NoRoom, e.Message);
        }
        catch (DownloadFailedException e)
        {
            return new AttemptEnd(AttemptOutcome.DownloadFailed, e.Message) { Cause = e.Cause };
        }
        catch (ImageFailedException e)
        {
            return new AttemptEnd(AttemptOutcome.ImageFailed, e.Message);
        }
        catch (ImageHasNoRoomException e)
        {
            return new AttemptEnd(AttemptOutcome.NoRoom, e.Message);
        }
        catch (DependenciesFailedException e)
        {
            return new AttemptEnd(AttemptOutcome.DependenciesFailed, e.Message);
        }
        catch (ArchiveFailedException e)
        {
            return new AttemptEnd(AttemptOutcome.ArchiveFailed, e.Message);
        }
        catch (Exception e) when (!context.Stop.Lost.IsCancellationRequested)
        {
            Log.NodeFailed(node.Logger, e, context.Task.RunId, context.Task.Attempt);
            return NodeFailure.Of(e, node.Work);
        }
    }

    private AttemptEnd? EndBeforeCommand() =>
        context.Stop.Reason switch
        {
            StopReason.Canceled => new AttemptEnd(AttemptOutcome.Canceled, "Canceled before the command began."),
            StopReason.MaxDuration => new AttemptEnd(
                AttemptOutcome.MaxDurationExceeded,
                "Its time was over before the command began."
            ),
            StopReason.NodeStops or StopReason.Preempted => GivenBack(),
            StopReason.ScratchLimit => new AttemptEnd(AttemptOutcome.ScratchLimit, context.Stop.Explanation),
            StopReason.DiskFull or StopReason.NodeFull => NodeFailure.Full(context.Stop.Explanation),
            _ => null,
        };

    private async Task FetchAsync()
    {
        if (context.Task.Checkpoint is { } wanted)
        {
            _checkpoints = new AttemptCheckpoints(node, context, wanted);
        }
        _streamed = context.Task.StreamsData ? new StreamedData(node, context) : null;
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(context.Stop.Stopped);
        var data = _streamed?.BeginAsync(failed.Token) ?? new DataFetch(node, context, phases).RunAsync(failed.Token);
        var model = UnpackAsync(failed.Token);
        var checkpoint = _checkpoints?.RestoreAsync(failed.Token) ?? Task.CompletedTask;
        var pulled = PullAsync(failed.Token);
        await FailFast.WhenAllAsync([data, model, checkpoint, pulled], failed);
        if (context.Task.InstallDependencies)
        {
            _packages = await new DependencyInstall(node, context).RunAsync(
                CommandResources.Of(context.Task, node.Options)
            );
        }
        var state = await data;
        Log.Fetched(node.Logger, context.Task.RunId, context.Task.Attempt, state.Objects, state.Bytes);
    }

    private async Task PullAsync(CancellationToken cancellationToken)
    {
        if (context.Task.Image is not { } wanted)
        {
            return;
        }
        if (await node.Containers is not { } containers)
        {
            throw new EngineException("this node runs no containers");
        }
        var say = context.Log.AppendLine;
        _image = await containers.Images.HoldAsync(wanted, context.Folders.Root, say, cancellationToken);
    }

    private async Task UnpackAsync(CancellationToken cancellationToken)
    {
        await new ArchiveDownload(context.Client, context.Task).RunAsync(context.Folders, cancellationToken);
        await ArchiveUnpack.RunAsync(context.Folders, cancellationToken);
    }

    private async Task<AttemptEnd> RunCommandAsync()
    {
        context.Stop.Stopped.ThrowIfCancellationRequested();
        await node.Network.FollowAsync(node.Address.LocalPort);
        context.Log.AppendLine(WrapperText.Before(context.Task.Command, context.View));
        using var ended = new CancellationTokenSource();
        var watch = new CommandWatch(node, context);
        // All learners begin with the checkpoint of the first, whose is the run's.
        var saving = context.Task.Learner == 1 ? _checkpoints?.SaveUntilAsync(ended.Token) : null;
        var listing = _streamed?.RefreshUntilAsync(ended.Token) ?? Task.CompletedTask;
        var startedAt = node.Time.GetUtcNow();
        var begin = node.Time.GetTimestamp();
        var limits = CommandResources.Of(context.Task, node.Options);
        if (context.Task.Notices.Count == 0 && CommandGpus.Missing(context.Task, context.Grant.Gpus) is { } missing)
        {
            context.Log.AppendLine(missing);
        }
        if (_image is null)
        {
            foreach (var line in CommandResources.Unlimited(limits, node.Groups))
            {
                context.Log.AppendLine(line);
            }
        }
        var run = watch.Run();
        try
        {
            var exitCode = await run.RunAsync(Command(limits), Limits(limits), context.Log, context.Stop);
            return watch.Complete(Judge(exitCode, run)) with
            {
                Usage = run.Usage,
                ExitCode = exitCode,
                ImageDigest = _image?.Image.Digest,
                StartedAt = startedAt,
                CommandSeconds = node.Time.GetElapsedTime(begin).TotalSeconds,
            };
        }
        finally
        {
            context.Grant.HeldBy = run.Remains;
            TrialFiles.Remove(context.Task, context.Folders);
            await ended.CancelAsync();
            await watch.DisposeAsync();
            await Task.WhenAll(saving ?? Task.CompletedTask, listing);
        }
    }

    private SandboxedCommand Command(ResourceLimits limits)
    {
        var gpus = CommandGpus.Names(context.Grant.Gpus, context.Sandbox);
        var environment = _image is null
            ? JobEnvironment.Build(context.Task, context.View, node.Python, gpus, PodName, VirtualEnvironment)
            : JobEnvironment.BuildForImage(context.Task, context.View, gpus, PodName);
        var meeting = _places is { } met ? Rendezvous.Of(met.Hosts, met.Port) : Rendezvous.OfOneLearner();
        foreach (var (name, value) in meeting)
        {
            // A rendezvous address of the manifest wins.
            environment.TryAdd(name, value);
        }
        return new SandboxedCommand(context.Task.Command, context.Folders, context.View, environment)
        {
            Slots = context.Grant.Slots,
            Devices = GpuDevices.Of(context.Grant.Gpus),
            Gpus = context.Grant.Gpus,
            Image = _image?.Image.Id,
            Hosts = _places?.Hosts ?? LearnerHosts.Alone,
            Binds = _packages is null ? [] : [new FolderBind(_packages.Folder, VirtualEnvironment!, IsReadOnly: true)],
            Limits = limits,
        };
    }

    private string? VirtualEnvironment =>
        _packages is null ? null : DependencyInstall.ViewOf(_packages.Folder, context.Sandbox);

    private CommandLimits Limits(ResourceLimits limits) =>
        new(TimeSpan.FromSeconds(context.Task.GraceSeconds), PodName)
        {
            Processes = limits.Processes,
            // A container engine creates the control group itself.
            ControlGroup = _image is null
                ? node.Groups.TryCreate("trainyard-" + Path.GetFileName(context.Folders.Root), limits)
                : null,
        };

    private string PodName => JobEnvironment.PodName(context.Task, node.Node);

    private string WhyCanceled =>
        context.Task.Learners == 1
            ? "Stopped because the run was canceled."
            : "Stopped because the run was canceled, or because another learner ended.";

    private AttemptEnd GivenBack() =>
        new(
            context.Stop.Reason is StopReason.Preempted ? AttemptOutcome.Preempted : AttemptOutcome.HandedBack,
            context.Stop.Explanation
        );

    private AttemptEnd Judge(int exitCode, CommandRun run)
    {
        var usage = run.Usage;
        context.Stop.Lost.ThrowIfCancellationRequested();
        foreach (var line in CommandResources.Reached(context.Task, node.Options, usage))
        {
            context.Log.AppendLine(line);
        }
        context.Log.AppendLine(WrapperText.After(exitCode));
        return context.Stop.Reason switch
        {
            StopReason.Canceled => new AttemptEnd(AttemptOutcome.Canceled, WhyCanceled),
            StopReason.MaxDuration => new AttemptEnd(AttemptOutcome.MaxDurationExceeded, "It ran too long."),
            StopReason.NodeStops => GivenBack(),
            // What was over before it was told to give way has nothing to go on with.
            StopReason.Preempted when !run.EndedByItself => GivenBack(),
            StopReason.ScratchLimit or StopReason.DiskFull => new AttemptEnd(
                AttemptOutcome.ScratchLimit,
                context.Stop.Explanation
            ),
            StopReason.NodeFull => NodeFailure.Full(context.Stop.Explanation),
            _ when exitCode == 0 => new AttemptEnd(AttemptOutcome.Succeeded),
            // The full disk may be why the command failed, so the node takes the blame.
            _ when context.Log.LackedRoom => NodeFailure.Full($"the command ended with exit code {exitCode}"),
            _ when usage.OutOfMemoryKills > 0 => new AttemptEnd(
                AttemptOutcome.OutOfMemory,
                CommandResources.OutOfMemory(context.Task, usage)
            ),
            _ => new AttemptEnd(AttemptOutcome.CommandFailed, ExitCodes.Describe(exitCode)),
        };
    }
}
