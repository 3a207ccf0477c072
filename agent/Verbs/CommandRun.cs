using System.Diagnostics;
using Trainyard.Agent.Jobs;
using Trainyard.Agent.Limits;
using Trainyard.Agent.Processes;
using Trainyard.Agent.Sandboxes;

namespace Trainyard.Agent.Verbs;

/// <summary>Runs the command to its end, or stops it, and leaves none of its processes behind.</summary>
internal sealed class CommandRun(SpawnThread spawner, ISandbox sandbox, TimeProvider time)
{
    /// <summary>How long to wait for the rest of the output after all processes of the command are gone.</summary>
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(5);

    /// <summary>The exit code of a command that ended without reporting one.</summary>
    private const int Killed = 128 + Native.SigKill;

    /// <summary>Processes that could not be killed; null when all are gone.</summary>
    public ProcessGroup? Remains { get; private set; }

    /// <summary>The resources that the command and its child processes used, once it has ended.</summary>
    public ResourceUsage Usage { get; private set; } = ResourceUsage.Unknown;

    /// <summary>Whether the command ended before it was told to stop.</summary>
    public bool EndedByItself { get; private set; }

    /// <summary>Called with the command's processes when it begins.</summary>
    public Action<ProcessGroup>? Started { get; init; }

    /// <summary>Called with the output of the command, in addition to the log; must not block.</summary>
    public Action<ReadOnlyMemory<byte>>? Heard { get; init; }

    /// <returns>The exit code; 128 + n for signal n.</returns>
    public async Task<int> RunAsync(SandboxedCommand command, CommandLimits limits, Spool log, StopSignal stop)
    {
        var launch = await sandbox.LaunchAsync(command, stop.Stopped);
        var beginsInGroup = false;
        using var process = await spawner.StartAsync(
            launch.ToStartInfo(),
            () =>
            {
                var entered = launch.Detached is null ? limits.ControlGroup?.TryEnter() : null;
                beginsInGroup = entered is not null;
                return entered;
            }
        );
        var output = PumpAsync(process.StandardOutput.BaseStream, log, Heard);
        DetachedEnd? end = null;
        try
        {
            await RunAsync(process, launch, command, limits, beginsInGroup, log, stop);
        }
        finally
        {
            if (launch.Detached is not null)
            {
                end = await EndAsync(launch.Detached, process);
            }
            await DrainAsync(output, process, log);
            Account(limits.ControlGroup);
        }
        if (end is not null)
        {
            Usage = end.Usage;
        }
        return end?.ExitCode ?? (process.WaitForExit(Drain) && launch.Detached is null ? process.ExitCode : Killed);
    }

    private async Task RunAsync(
        Process process,
        SandboxLaunch launch,
        SandboxedCommand command,
        CommandLimits limits,
        bool beginsInGroup,
        Spool log,
        StopSignal stop
    )
    {
        var leader = launch.Detached is { } detached
            ? await detached.FirstProcessAsync(process, stop.Stopped)
            : process.Id;
        var isUngrouped = launch.Detached is null && limits.ControlGroup is null;
        var orphans = isUngrouped ? spawner.Orphans : null;
        var mark = MarkOf(leader, command, limits, canHide: isUngrouped && sandbox.WrapperGenerations == 0);
        var group = new ProcessGroup(mark, ours: true, time, limits.ControlGroup, orphans);
        using var ended = new CancellationTokenSource();
        var recording = mark.CanHide
            ? new StrayProcessRecord(group, command.Folders.Mark, time).KeepAsync(ended.Token)
            : Task.CompletedTask;
        try
        {
            if (launch.Detached is null && !beginsInGroup)
            {
                limits.ControlGroup?.Add(process.Id);
            }
            if (isUngrouped)
            {
                UserProcesses.Limit(process.Id, limits.Processes);
            }
            Started?.Invoke(group);
            await launch.GoAsync(process, stop.Lost);
            await EndAsync(process, group, limits, stop);
        }
        finally
        {
            await ended.CancelAsync();
            await recording;
            await KillAsync(group, log);
        }
    }

    // Closing the input ends a command that never got its start signal.
    private static async Task<DetachedEnd?> EndAsync(IDetachedCommand command, Process client)
    {
        client.StandardInput.Close();
        var end = await command.EndAsync();
        if (!client.WaitForExit(Drain))
        {
            client.Kill(entireProcessTree: true);
        }
        return end;
    }

    private async Task KillAsync(ProcessGroup group, Spool log)
    {
        var remaining = await group.KillAsync(ProcessGroup.Patience, CancellationToken.None);
        if (remaining.Count == 0)
        {
            return;
        }
        Remains = group.With(remaining);
        log.AppendLine(
            $"Processes that the command started cannot be ended: {string.Join(", ", remaining)}. They are left behind."
        );
    }

    private void Account(ControlGroup? group)
    {
        if (group is null)
        {
            return;
        }
        Usage = group.Usage();
        group.TryRemove();
    }

    // A process that outlives the command may keep the output pipe open.
    private async Task DrainAsync(Task output, Process process, Spool log)
    {
        try
        {
            await output.WaitAsync(Drain, time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            log.AppendLine("A process that the command started has outlived it; its output is not kept any more.");
            process.StandardOutput.Close();
        }
    }

    private static ProcessMark MarkOf(int leader, SandboxedCommand command, CommandLimits limits, bool canHide)
    {
        var started = ProcessEntry.Read(leader)?.StartTime ?? 0;
        var mark = new ProcessMark(leader, started, $"{JobEnvironment.MarkName}={limits.PodName}")
        {
            Slots = command.Slots,
            ControlGroup = limits.ControlGroup?.Name,
            Boot = ProcessMark.ThisBoot,
            CanHide = canHide,
        };
        mark.Write(command.Folders.Mark);
        return mark;
    }

    private async Task EndAsync(Process process, ProcessGroup group, CommandLimits limits, StopSignal stop)
    {
        try
        {
            await process.WaitForExitAsync(stop.Stopped);
            EndedByItself = true;
        }
        catch (OperationCanceledException) when (stop.Reason != StopReason.LeaseLost)
        {
            await StopAsync(group, limits.Grace, stop.Lost);
        }
        catch (OperationCanceledException)
        {
            // The caller kills the processes, without grace.
        }
    }

    private async Task StopAsync(ProcessGroup group, TimeSpan grace, CancellationToken lost)
    {
        try
        {
            await group.StopAsync(sandbox.WrapperGenerations, grace, lost);
        }
        catch (OperationCanceledException)
        {
            // The lease was lost while the command was ending: no more grace.
        }
    }

    private static async Task PumpAsync(Stream output, Spool log, Action<ReadOnlyMemory<byte>>? heard)
    {
        var buffer = new byte[64 * 1024];
        while (await output.ReadAsync(buffer) is var read and > 0)
        {
            log.Append(buffer.AsSpan(0, read));
            heard?.Invoke(buffer.AsMemory(0, read));
        }
    }
}

/// <summary>The limits of a command: its grace period, and the pod name by which its processes are found.</summary>
internal sealed record CommandLimits(TimeSpan Grace, string PodName)
{
    /// <summary>The control group of the command; null where the machine has none.</summary>
    public ControlGroup? ControlGroup { get; init; }

    /// <summary>The most processes and threads. Without a control group, all processes of the user count.</summary>
    public required int Processes { get; init; }
}
